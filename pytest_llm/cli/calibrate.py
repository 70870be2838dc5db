"""``pytest-llm calibrate``: how far a judge agrees with people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pytest_llm.errors import CassetteMissError, ConfigurationError, UngradedError
from pytest_llm.text import plural, short

if TYPE_CHECKING:
    from pytest_llm.judges.calibration import Anchor, Calibration
    from pytest_llm.judges.labels import Labelled
    from pytest_llm.judges.rubric import Rubric
    from pytest_llm.judging.judge import Judge
    from pytest_llm.studio import Mode

__all__ = ["add_arguments", "regrade", "run"]

_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("labels", type=Path, help="JSONL, a line an answer: answer, label (or labels), question, ...")
    parser.add_argument("--judge", required=True, metavar="MODEL", help="the model that grades; local/gemma3-270m too")
    parser.add_argument("--rubric", required=True, help="a rubric file, the name of a built-in one, or a criterion")
    parser.add_argument("--base-url", default="", metavar="URL", help="endpoint of the judge (OpenAI-compatible)")
    parser.add_argument("--pass", dest="bound", type=float, help="the grade from which on an answer passes")
    parser.add_argument("--min-kappa", type=float, metavar="K", help="exit with 1 when kappa is below that")
    parser.add_argument("--tests", type=Path, metavar="DIR", help="folder of the tests (default: that of the labels)")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the API")
    parser.add_argument(
        "--record",
        choices=("none", "missing", "all"),
        help="none: replay the recorded grades (default in CI); missing: ask what is not recorded; all: ask anew",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade the labelled answers, report the agreement, and write the calibration beside the tests."""
    from pytest_llm.judges.calibration import default_bound, file_name
    from pytest_llm.judges.labels import read_labels
    from pytest_llm.judges.rubric import Rubric
    from pytest_llm.paths import shown

    rubric = Rubric.of(arguments.rubric)
    if rubric.is_share:
        raise ConfigurationError(
            f"{rubric.title!r} is graded as a share, which no label of a person says. Calibrate a rubric with levels."
        )
    labelled = read_labels(arguments.labels, rubric)
    folder = (arguments.tests or arguments.labels.resolve().parent) / "__llm__"
    calibration = _graded(arguments, rubric, labelled, folder)
    bound = default_bound(rubric) if arguments.bound is None else arguments.bound
    for line in report(calibration, labelled, rubric, bound, arguments.labels):
        sys.stdout.write(f"{line}\n")
    path = folder / file_name(rubric, arguments.judge)
    calibration.write(path)
    sys.stdout.write(f"written to {shown(path.resolve())}\n")
    if arguments.min_kappa is not None and calibration.kappa < arguments.min_kappa:
        sys.stdout.write(f"kappa {calibration.kappa:.2f} < {arguments.min_kappa:g}\n")
        return 1
    return 0


def _graded(arguments: argparse.Namespace, rubric: Rubric, labelled: Sequence[Labelled], folder: Path) -> Calibration:
    from pytest_llm.cli.recording import recording
    from pytest_llm.judges.calibration import Calibration, slug
    from pytest_llm.judging.bench import Bench
    from pytest_llm.judging.judge import Judge
    from pytest_llm.plugin.options import in_ci

    mode: Mode = arguments.record or ("none" if in_ci() else "missing")
    params = dict(map(_param, arguments.param))
    labels: Path = arguments.labels.resolve()
    cassette = labels.with_name(f"{labels.name.partition('.')[0]}.{slug(rubric.name or rubric.hash)}.cassette.json")
    try:
        with recording(cassette, mode, "calibrate", arguments.base_url) as client_for:
            judge = Judge(client_for(arguments.judge), Bench(client_for), params=params)
            anchors, served = regrade(judge, rubric, labelled)
    except CassetteMissError as miss:
        said = str(miss).partition("\n")[0]
        raise ConfigurationError(f"{said} Ask the judge: pytest-llm calibrate --record=missing ...") from None
    today = datetime.now(UTC).date().isoformat()
    return Calibration(
        arguments.judge,
        served,
        rubric.title,
        rubric.hash,
        rubric.scale,
        rubric.better,
        _relative(labels, folder),
        today,
        tuple(anchors),
        _relative(Path(arguments.rubric), folder) if arguments.rubric.endswith(".md") else arguments.rubric,
        params,
    )


def _relative(path: Path, folder: Path) -> str:
    return Path(relpath(path.resolve(), folder.resolve())).as_posix()


def regrade(judge: Judge, rubric: Rubric, labelled: Sequence[Labelled]) -> tuple[list[Anchor], str]:
    """Return the judge's grades of labelled answers beside their labels, and the model that answered."""
    from pytest_llm.judging.bench import together

    decided = [one for one in labelled if one.label is not None]
    found = together([partial(_anchor, judge, rubric, one) for one in decided])
    return [anchor for anchor, _ in found], next((served for _, served in found if served), "")


def _anchor(judge: Judge, rubric: Rubric, one: Labelled) -> tuple[Anchor, str]:
    from pytest_llm.judges.calibration import Anchor, digest_of

    label = one.label
    assert label is not None
    try:
        grade = judge.grade_inputs(one.inputs, rubric)
    except UngradedError as error:
        reason = str(error).partition("\n")[0].partition(": its answer is ")[2]
        return Anchor(digest_of(one.inputs), one.line, label, None, short(reason, 120)), ""
    value = round(grade.value)
    return Anchor(digest_of(one.inputs), one.line, label, value, short(grade.reason, 120)), grade.served_model


def report(
    calibration: Calibration, labelled: Sequence[Labelled], rubric: Rubric, bound: float, labels: Path
) -> Iterator[str]:
    """Yield the lines of the report."""
    from pytest_llm.stats.agreement import accuracy, confusion

    graded = calibration.graded
    served = f" (served: {calibration.served_model})" if calibration.served_model else ""
    yield (
        f"{plural(len(labelled), 'label')} of {labels}, judge {calibration.judge}{served}, "
        f"rubric {rubric.title!r} ({rubric.range}, {rubric.hash})"
    )
    if tied := sum(one.label is None for one in labelled):
        yield f"left out: {tied} on which raters tie"
    if ungraded := len(calibration.anchors) - len(graded):
        yield f"left out: {ungraded} of {len(calibration.anchors)} ungraded"
    if not calibration.anchors:
        raise ConfigurationError(f"On none of the answers of {labels} do its raters agree, so that there is no label.")
    if not graded:
        raise ConfigurationError(f"The judge {calibration.judge} graded none of the labelled answers.")
    people, judged = [label for label, _ in graded], [grade for _, grade in graded]
    share, interval = accuracy(people, judged)
    same = sum(one == other for one, other in graded)
    yield f"accuracy {share:.2f}  ({same} of {len(graded)}, {interval})"
    yield _kappa(calibration)
    yield from _alpha(calibration, labelled, rubric)
    yield _rates(calibration, bound)
    yield "confusion (rows: people, columns: the judge)"
    yield from str(confusion(people, judged, list(rubric.spellings.values()))).splitlines()
    yield from _wrong(calibration, labels)


def _kappa(calibration: Calibration) -> str:
    how = "quadratic weights, " if calibration.weights else ""
    try:
        return f"kappa {calibration.kappa:.2f}  ({how}{calibration.kappa_interval})"
    except ConfigurationError as error:
        return f"kappa: {error}"


def _alpha(calibration: Calibration, labelled: Sequence[Labelled], rubric: Rubric) -> Iterator[str]:
    from pytest_llm.stats.agreement import alpha_interval, krippendorff_alpha

    raters = len(labelled[0].ratings)
    if raters < 2:
        return
    level: Literal["nominal", "ordinal"] = "nominal" if rubric.scale == (0, 1) else "ordinal"
    columns = [[one.ratings[place] for one in labelled] for place in range(raters)]
    grades = {anchor.line: anchor.grade for anchor in calibration.anchors}
    try:
        people = krippendorff_alpha(columns, level)
        everybody = krippendorff_alpha([*columns, [grades.get(one.line) for one in labelled]], level)
        interval = alpha_interval(columns, level)
        yield f"alpha {people:.2f}  ({raters} raters, {level}, {interval}); with the judge {everybody:.2f}"
    except ConfigurationError as error:
        yield f"alpha: {error}"


def _rates(calibration: Calibration, bound: float) -> str:
    sign = ">=" if calibration.better == "higher" else "<="
    try:
        rates = calibration.rates(bound)
    except ConfigurationError as error:
        return f"grade {sign} {bound:g} passes: {error}"
    positives = f"TPR {rates.tpr:.2f} ({rates.true_positives} of {rates.positives}, {rates.tpr_interval})"
    negatives = f"TNR {rates.tnr:.2f} ({rates.true_negatives} of {rates.negatives}, {rates.tnr_interval})"
    return f"grade {sign} {bound:g} passes: {positives}, {negatives}"


def _wrong(calibration: Calibration, labels: Path) -> Iterator[str]:
    wrong = [anchor for anchor in calibration.anchors if anchor.grade != anchor.label]
    wrong.sort(key=lambda anchor: -abs(anchor.label - anchor.grade) if anchor.grade is not None else 1)
    if wrong:
        yield f"not as people: {len(wrong)}"
    for anchor in wrong[:_SHOWN]:
        grade = "ungraded" if anchor.grade is None else f"grade {anchor.grade}"
        yield f"  {labels}:{anchor.line}  label {anchor.label}, {grade}  ({anchor.reason})"
    if len(wrong) > _SHOWN:
        yield f"  and {len(wrong) - _SHOWN} more"


def _param(given: str) -> tuple[str, object]:
    import json

    name, equals, value = given.partition("=")
    if not equals:
        raise ConfigurationError(f"--param {given!r} is not NAME=VALUE.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
