"""The robustness table at the end of a run: how often each relation held, over all tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_llm.text import plural

__all__ = ["robustness_lines"]

_KINDS = ("invariant", "directional", "again")
_ALPHA = 0.05
Asked = tuple[str, str]
"""A test and the digest of one of its prompts."""
Counts = tuple[int, int]
"""How many variants hold, and how many there are."""


def robustness_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a line a relation, summed over the tests, and whether invariances flip more than asking again does."""
    if not rows:
        return
    from pytest_llm.stats.flips import shown

    totals, stopped = _totals(rows), _stopped(rows)
    against = _against(totals)
    width = max(len(name) for _, name in totals)
    tests = len({row["nodeid"] for row in rows})
    yield f"Robustness of {plural(tests, 'test')}, variants for which each relation holds:"
    for (kind, name), prompts in totals.items():
        share, _, rest = shown(_of_each_prompt(prompts)).partition(" ")
        if count := stopped.get((kind, name)):
            # What was not tried after a failure is missing among the failures, so that an interval would be wrong.
            rest = f"hold ({plural(count, 'test')} stopped at a failure)"
        yield f"  {name:<{width}}  {share:>9} {rest}{against.get(name, '') if kind == 'invariant' else ''}"


def _totals(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], dict[Asked, Counts]]:
    found: dict[tuple[str, str], dict[Asked, Counts]] = {}
    for row in sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), row["relation"])):
        prompts = found.setdefault((row["kind"], row["relation"]), {})
        for prompt, (held, asked) in row["prompts"].items():
            before = prompts.get((row["nodeid"], prompt), (0, 0))
            prompts[row["nodeid"], prompt] = (before[0] + held, before[1] + asked)
    return found


def _stopped(rows: Sequence[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Count for each relation the tests that ended at their first failure, as those of hypothesis do."""
    return Counter((row["kind"], row["relation"]) for row in rows if row["stopped"])


def _of_each_prompt(asked: Mapping[Asked, Counts]) -> list[Counts]:
    """Return the counts of each prompt over all tests: two tests of one prompt share what is odd about it."""
    found: dict[str, Counts] = {}
    for (_, prompt), (held, count) in asked.items():
        before = found.get(prompt, (0, 0))
        found[prompt] = (before[0] + held, before[1] + count)
    return list(found.values())


def _against(totals: Mapping[tuple[str, str], Mapping[Asked, Counts]]) -> dict[str, str]:
    """Say of each invariance whether it flips more answers than asking again, within one test and prompt."""
    from pytest_llm.stats.flips import more_flips
    from pytest_llm.stats.multiplicity import adjusted

    again = next((prompts for (kind, _), prompts in totals.items() if kind == "again"), {})
    found = {name: more_flips(one, again) for (kind, name), one in totals.items() if kind == "invariant"}
    known = {name: p for name, p in found.items() if p is not None}
    return {
        name: f"  {'flips more' if p <= _ALPHA else 'not shown to flip more'} than asking again (p = {p:.2g})"
        for name, p in zip(known, adjusted(list(known.values())), strict=True)
    }
