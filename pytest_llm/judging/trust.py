"""Whether a judge may grade: it must have shown that it agrees with people."""

from __future__ import annotations

from pytest_llm.errors import ConfigurationError, UngradedError
from pytest_llm.judges.calibration import Calibration
from pytest_llm.judges.rubric import Rubric

__all__ = ["require"]


def require(min_kappa: float, model: str, rubric: Rubric, calibration: Calibration | None) -> None:
    """Raise ``UngradedError`` when the judge has not reached the agreement with people that is asked for."""
    if isinstance(min_kappa, bool) or not isinstance(min_kappa, int | float) or not 0 < min_kappa <= 1:
        raise ConfigurationError(f"min_kappa={min_kappa!r} is not a number above 0 and at most 1.")
    command = f"pytest-llm calibrate LABELS.jsonl --judge {model} --rubric {rubric.name or 'FILE'}"
    if calibration is None:
        raise UngradedError(
            f"The judge {model} may not grade on {rubric.title!r}: min_kappa={min_kappa:g}, and it is not calibrated "
            f"on this rubric (hash {rubric.hash}).\nCalibrate it: {command}"
        )
    try:
        kappa, interval = calibration.kappa, calibration.kappa_interval
    except ConfigurationError as error:
        raise UngradedError(f"The judge {model} may not grade on {rubric.title!r}: it has no kappa. {error}") from None
    if kappa < min_kappa:
        raise UngradedError(
            f"The judge {model} may not grade on {rubric.title!r}: kappa {kappa:.2f} < {min_kappa:g}  "
            f"({len(calibration.graded)} labels, {interval}).\n"
            f"Use another judge or a clearer rubric, and calibrate that: {command}"
        )
