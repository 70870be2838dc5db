"""``pytest-llm drift``: two recordings, or two files of answers, compared without any provider; the history."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from pytest_llm.drift.failing import DEFAULT, KINDS, failing
from pytest_llm.errors import ConfigurationError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands of ``drift``."""
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    from pytest_llm.cli import drift_history

    past = "tell what the runs of pytest --llm-drift came to, night after night"
    history = commands.add_parser("history", help=past, description=f"{past[0].upper()}{past[1:]}.")
    drift_history.add_arguments(history)
    purpose = "say whether two recordings, or two files of answers, differ"
    compare = commands.add_parser("compare", help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
    compare.add_argument("a", type=Path, help="a recording, a folder of them, or a .csv, .jsonl file: the baseline")
    compare.add_argument("b", type=Path, nargs="?", help="what is compared with it (default: the same file)")
    columns = compare.add_argument_group("columns of a file of answers")
    columns.add_argument("--id", metavar="COLUMN", help="what names a request on both sides (default: the prompt)")
    columns.add_argument("--prompt", metavar="COLUMN", help="the prompt (default: prompt, query, question or input)")
    columns.add_argument(
        "--answer", metavar="COLUMN", help="the answer (default: answer, text, response or completion)"
    )
    columns.add_argument("--reference", metavar="COLUMN", help="the right answer; equal to it, case aside, is a pass")
    columns.add_argument("--outcome", metavar="COLUMN", help="the outcome, from 0 (fails) to 1 (passes)")
    columns.add_argument("--session", metavar="COLUMN", help="which calls were made together, such as a date")
    columns.add_argument("--extract", metavar="REGEX", help="what an answer amounts to: the last match (its group 1)")
    columns.add_argument("--greedy", action="store_true", help="the answers were asked for at temperature 0")
    for side in ("", "-a", "-b"):
        whose = f"side {side[1].upper()}" if side else "both sides"
        columns.add_argument(
            f"--where{side}", metavar="COLUMN=VALUE", action="append", default=[], help=f"rows of {whose}; repeatable"
        )
    rules = compare.add_argument_group("rules")
    rules.add_argument("--alpha", type=float, default=0.05, help="the rate of false alarms (default: 0.05)")
    rules.add_argument("--detect", type=float, default=0.5, help="share of replaced answers to be seen (default: 0.5)")
    rules.add_argument("--permutations", type=int, default=1999, help="(default: 1999)")
    rules.add_argument("--seed", type=int, default=0, help="of the permutations (default: 0)")
    rules.add_argument("--embedder", metavar="NAME", help="compare meanings too, such as onnx:all-MiniLM-L6-v2")
    rules.add_argument("--orders", type=int, default=0, metavar="N", help="in N random orders, how soon it is decided")
    valid = ", ".join(KINDS)
    rules.add_argument("--fail-on", default=DEFAULT, metavar="LIST", help=f"of {valid}; or never (default: {DEFAULT})")
    compare.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print; 1 when the verdict is one to fail on, else 0. Or tell the history."""
    if arguments.subcommand == "history":
        from pytest_llm.cli import drift_history

        return drift_history.run(arguments)
    from pytest_llm.cli.drift_report import lines
    from pytest_llm.cli.drift_sides import read_sides
    from pytest_llm.drift.attribution import verdict
    from pytest_llm.drift.early import decided_after
    from pytest_llm.drift.settings import Settings

    kinds = failing("--fail-on", arguments.fail_on)
    embed = _embed(arguments.embedder)
    try:
        settings = Settings(arguments.alpha, arguments.permutations, arguments.detect, arguments.seed, 1, embed)
    except ConfigurationError as error:
        raise ConfigurationError(f"--{error}") from None  # it begins with the setting, and so does the option
    if arguments.orders < 0:
        raise ConfigurationError(f"--orders={arguments.orders} is no number of orders. Valid: 0 and above.")
    probes = read_sides(arguments)
    found = verdict(probes, settings)
    early = decided_after(probes, settings, arguments.orders) if arguments.orders else []
    if arguments.json:
        sys.stdout.write(json.dumps({**asdict(found), "early": [asdict(one) for one in early]}, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(lines(found, probes, early)) + "\n")
    return int(found.kind in kinds)


def _embed(name: str | None):  # type: ignore[no-untyped-def]
    if name is None:
        return None
    from pytest_llm.embedders.base import load, read_name

    return load(read_name(name)).embed
