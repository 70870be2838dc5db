"""Whether the system moved or its judge: a changed judge grades the labelled answers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import BudgetExceededError, ConfigurationError, LLMError
from pytest_llm.judges.calibration import Anchor, Calibration, read_calibration
from pytest_llm.judges.rubric import Rubric
from pytest_llm.plugin.judges import live_bench
from pytest_llm.text import plural

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["judge_drift"]

_NAME = "judge drift"


def judge_drift(session: Session, moved: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what to say of each judge that has changed; a calibrated one grades its labelled answers again, live."""
    found: dict[tuple[str, str, str, str, str], list[str]] = {}
    for one in moved:
        key = (one["judge"], one["before"], one["now"], one["calibration"], one["rubric"])
        found.setdefault(key, []).append(one["nodeid"])
    lines: list[str] = []
    for (judge, before, now, calibration, rubric), nodes in found.items():
        tests = plural(len(set(nodes)), "test")
        lines.append(f"The judge {judge} has changed on {rubric!r}: {before} → {now} ({tests}).")
        lines += [f"  {line}" for line in _told(session, judge, calibration, rubric)]
    return lines


def _told(session: Session, model: str, path: str, rubric: str) -> Iterator[str]:
    import openai

    if not path:
        yield (
            "It is not calibrated, so what moved, the system or the judge, cannot be told. Grades of the two do not "
            "compare: pytest --llm-record=all, and pytest-llm calibrate"
        )
        return
    calibration = read_calibration(Path(path))
    try:
        now = _regraded(session, model, calibration, Path(path))
    except (LLMError, BudgetExceededError, openai.OpenAIError) as error:
        yield f"Its labelled answers cannot be graded again, so what moved cannot be told: {error}"
        return
    yield from verdict(calibration, now)


def _regraded(session: Session, model: str, calibration: Calibration, path: Path) -> list[Anchor]:
    from pytest_llm.cli.calibrate import regrade
    from pytest_llm.judges.labels import read_labels
    from pytest_llm.judging.judge import Judge

    source = calibration.source
    rubric = Rubric.of(path.parent / source if source.endswith(".md") else source)
    if rubric.hash != calibration.rubric_hash:
        raise ConfigurationError(f"the rubric {calibration.source!r} has changed since the calibration.")
    with live_bench(session, _NAME) as bench:
        judge = Judge(bench.client_for(model), bench, params=dict(calibration.params))
        anchors, _ = regrade(judge, rubric, read_labels(path.parent / calibration.labels, rubric))
    return anchors


def verdict(calibration: Calibration, now: Sequence[Anchor]) -> Iterator[str]:
    """Yield whether the judge grades labelled answers as it did, and its kappa before and now."""
    before = {anchor.digest: anchor.grade for anchor in calibration.anchors}
    both = [(before[anchor.digest], anchor.grade) for anchor in now if anchor.digest in before]
    changed = sum(old != new for old, new in both)
    if not changed:
        yield (
            f"It grades all {len(both)} labelled answers as before: where a test's grade moved, the system moved, and "
            "not the judge."
        )
        return
    after = replace(calibration, anchors=tuple(now))
    yield (
        f"The judge moved: it grades {changed} of {len(both)} labelled answers differently (kappa "
        f"{_kappa(calibration)} → {_kappa(after)}). Blame no system before the judge is calibrated again and its "
        "grades are recorded anew: pytest-llm calibrate --record=all, then pytest --llm-record=all"
    )


def _kappa(calibration: Calibration) -> str:
    try:
        return f"{calibration.kappa:.2f}"
    except ConfigurationError:
        return "none"
