"""The command ``pytest-llm``: what is done beside a test run, one module a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from pytest_llm.errors import LLMError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "review": ("pytest_llm.cli.review", "walk through the answers that wait: accept, reject or rate each"),
    "calibrate": ("pytest_llm.cli.calibrate", "say how far a judge agrees with people, and let its rates be corrected"),
    "drift": ("pytest_llm.cli.drift", "say whether a model changed between two recordings or files of answers"),
}
"""A command's name, the module that has its ``add_arguments(parser)`` and ``run(arguments)``, and what it is for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; an error of ours is one sentence on standard error, and 2."""
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser("pytest-llm", description="What is done beside a run of pytest.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (home, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if given[:1] == [name]:  # the others' modules are not needed
            import_module(home).add_arguments(command)
            command.set_defaults(run=import_module(home).run)
    arguments = parser.parse_args(given)
    try:
        code: int = arguments.run(arguments)
    except LLMError as error:
        sys.stderr.write(f"pytest-llm: {error}\n")
        return 2
    return code
