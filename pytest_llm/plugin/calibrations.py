"""The calibrations beside the tests, and what they say of a judge that has changed since."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.errors import UngradedError
from pytest_llm.judges.calibration import SUFFIX, Calibration, read_calibration
from pytest_llm.judges.grade import Grade
from pytest_llm.judges.rubric import Rubric
from pytest_llm.plugin.stash import MOVED

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["Calibrations"]


class Calibrations:
    """The calibrations that hold for a test: those of its own folder, else of the folders above it."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session

    def find(self, model: str, rubric: Rubric) -> Calibration | None:
        """Return the calibration of a judge on a rubric, None where there is none of this rubric and these prompts."""
        wanted = rubric.hash
        for path in self._paths():
            calibration = _read(path, path.stat().st_mtime_ns)
            if calibration.judge == model and calibration.rubric_hash == wanted:
                return calibration
        return None

    def note(self, grade: Grade, calibration: Calibration | None) -> str:
        """Return what a grade is told with when its judge has changed since it was calibrated or last recorded.

        A replayed grade of another served model than the calibrated one is invalid: raises ``UngradedError``.
        """
        player = self._session.player
        assert player is not None
        before = calibration.served_model if calibration is not None else self._recorded(grade.judge)
        if not before or not grade.served_model or before == grade.served_model:
            return ""
        if not any("rubric" in entry and entry.get("model") == grade.served_model for entry in player.made):
            raise UngradedError(
                f"The recorded grade on {grade.rubric.title!r} is by {grade.served_model}, and the judge {grade.judge} "
                f"is calibrated as {before}: the judge has changed, which says nothing of the answer.\n"
                f'Grade anew: pytest --llm-record=all "{self._item.nodeid}"'
            )
        moved = {"judge": grade.judge, "before": before, "now": grade.served_model, "nodeid": self._item.nodeid}
        where = str(self._path(calibration)) if calibration is not None else ""
        self._item.stash.setdefault(MOVED, []).append({**moved, "calibration": where, "rubric": grade.rubric.title})
        return f"the judge has changed: {before} → {grade.served_model}"

    def _recorded(self, model: str) -> str:
        """Return which model answered for the judge when this test was last recorded."""
        player = self._session.player
        assert player is not None
        asked = model.removeprefix("local/")
        entries = [entry for entry in player.cassette.track(player.place.slot).entries if "rubric" in entry]
        served = [entry.get("model") for entry in entries if entry.get("request", {}).get("model") == asked]
        return next((one for one in served if one), "")

    def _paths(self) -> list[Path]:
        folder, root = self._session.settings.folder, self._item.config.rootpath
        found: list[Path] = []
        for parent in self._item.path.parents:
            found += sorted((parent / folder).glob(f"*{SUFFIX}"))
            if parent == root:
                break
        return found

    def _path(self, calibration: Calibration) -> Path:
        return next(path for path in self._paths() if _read(path, path.stat().st_mtime_ns) == calibration)


@cache
def _read(path: Path, _changed: int) -> Calibration:
    return read_calibration(path)
