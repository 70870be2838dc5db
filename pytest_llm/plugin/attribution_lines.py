"""What the summary says of an experiment: the cells, the effect of each change, and their interaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_llm.text import money, plural

__all__ = ["attribution_lines"]

_MOST = 10


def attribution_lines(attributions: Sequence[Mapping[str, Any]], confidence: float) -> Iterator[str]:
    """Yield the lines on each test that was experimented with."""
    for told in attributions:
        old, new = told["models"]
        yield f"Attribution of {told['nodeid']}  ({old} → {new}, up to {told['draws']} draws a cell):"
        yield from (f"  {line}" for line in _lines(told, confidence))
    calls, replayed = (sum(told[name] for told in attributions) for name in ("calls", "replayed"))
    if attributions:
        spent = money(sum(told["spent"] for told in attributions))
        yield f"  {plural(calls, 'call')} made for it ({spent} spent), {replayed:,} replayed."


def _lines(told: Mapping[str, Any], confidence: float) -> Iterator[str]:
    if told["why"]:
        yield f"nothing was asked: {told['why']}"
        return
    cells = {cell["name"]: cell for cell in told["cells"]}
    yield "; ".join(_cell(cell) for cell in told["cells"])
    yield from (f"{cell['name']}: {cell['trouble']}" for cell in told["cells"] if cell["trouble"] and not cell["gone"])
    if any(cell["gone"] for cell in told["cells"]):
        stands = (
            " The recorded draws stand in."
            if any(cell["recorded"] and cell["trials"] for cell in cells.values())
            else ""
        )
        yield f"{told['models'][0]} is not available any more.{stands}"
    counts = {name: (cell["passed"], cell["trials"]) for name, cell in cells.items() if cell["trials"]}
    yield _effects(counts, confidence)
    if counts and all(passed == trials for passed, trials in counts.values()):
        yield "Every run passed: what the test asserts besides its snapshot does not tell the cells apart."


def _cell(cell: Mapping[str, Any]) -> str:
    return f"{cell['name']} {cell['passed']}/{cell['trials']}" if cell["trials"] else f"{cell['name']}: none"


def _effects(counts: Mapping[str, tuple[int, int]], confidence: float) -> str:
    """Return the effects that the cells which are there can tell."""
    from pytest_llm.stats.contrasts import contrast, factorial

    names = ("old prompt, old model", "new prompt, old model", "old prompt, new model", "new prompt, new model")
    found = [counts.get(name) for name in names]
    neither, prompt, model, both = found
    if neither and prompt and model and both:
        effects = factorial(neither, prompt, model, both, confidence)
        return f"prompt {effects.first}, model {effects.second}, interaction {effects.interaction}"
    said = []
    if model and both:
        said.append(f"prompt {contrast([model, both], [-1, 1], confidence)} with the new model")
    if neither and model:
        said.append(f"model {contrast([neither, model], [-1, 1], confidence)} with the old prompt")
    return ", ".join(said) or "The cells that are there tell no effect."
