"""The robustness table at the end of a run: how often each relation held, over all tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pytest_llm.text import plural

__all__ = ["robustness_lines"]

_KINDS = ("invariant", "directional", "again")


def robustness_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a line a relation, summed over the tests, and how invariances compare with asking the same prompt again."""
    if not rows:
        return
    from pytest_llm.stats.intervals import wilson

    totals = _totals(rows)
    again = next((sums for (kind, _), sums in totals.items() if kind == "again"), None)
    width = max(len(name) for _, name in totals)
    tests = len({row["nodeid"] for row in rows})
    yield f"Robustness of {plural(tests, 'test')}, variants for which each relation holds:"
    for (kind, name), (held, asked) in totals.items():
        share = f"{held}/{asked}"
        against = _against(again, (held, asked)) if kind == "invariant" and again else ""
        yield f"  {name:<{width}}  {share:>9} hold ({wilson(held, asked)}){against}"


def _totals(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), row["relation"])):
        held, asked = found.get((row["kind"], row["relation"]), (0, 0))
        found[row["kind"], row["relation"]] = (held + row["held"], asked + row["asked"])
    return found


def _against(again: tuple[int, int], held: tuple[int, int]) -> str:
    """Say whether a perturbation flips more answers than asking the same prompt again does."""
    from pytest_llm.stats.unpaired import newcombe

    difference = held[0] / held[1] - again[0] / again[1]
    interval = newcombe(again, held)
    if 0 in interval:
        return f"  as asking again does, within {interval.signed()}"
    word = "less" if difference < 0 else "more"
    return f"  {abs(difference):.2f} {word} than asking again ({interval.signed()})"
