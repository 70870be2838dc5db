"""``pytest-llm review``: walk through the answers that wait, and accept, reject or rate each."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pytest_llm.cli.terminal import Terminal
from pytest_llm.snapshots.reviewer import of_reviewer
from pytest_llm.snapshots.search import find_below

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="folders, test modules or node ids (default: all below)"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, kept with what is accepted")


def run(arguments: argparse.Namespace) -> int:
    """Review what waits below the paths; return 1 when something could not be done, else 0."""
    from pytest_llm.cassettes.redaction import Redactor
    from pytest_llm.cli.walk import Walk

    found, damaged = find_below(arguments.paths)
    terminal = Terminal(sys.stdin, sys.stdout)
    for line in damaged:
        terminal.write(line)
    if not found and damaged:
        return 1
    if not found:
        terminal.write("No answer waits for review.")
        return 0
    by = of_reviewer(Path.cwd(), Redactor().text(arguments.reason))
    return Walk(found, terminal, by).run() or int(bool(damaged))
