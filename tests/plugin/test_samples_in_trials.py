"""``llm.sample`` in a test marked ``llm_trials``: each trial has a sample of its own draws."""

from __future__ import annotations

import pytest

from .project import Project, errors, section
from .server import Answer, Provider

SOURCE = """
    from pathlib import Path

    import pytest

    @pytest.mark.llm_trials(5, rate={rate}{concurrent})
    def test_it(llm):
        sample = llm.sample("Hi", trials=4)
        with Path("texts.txt").open("a") as file:
            file.write(" ".join(sample.texts) + "\\n")
        assert sample.rate(lambda one: {right}) >= 0.75
"""


def texts(project: Project) -> list[str]:
    """Return the texts of each trial since the last time."""
    path = project.path / "texts.txt"
    found = sorted(path.read_text("utf-8").splitlines())
    path.unlink()
    return found


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize("concurrent", ["", ", concurrent=True"], ids=["in a row", "together"])
def test_each_trial_samples_draws_of_its_own_and_replays_them(
    project: Project, provider: Provider, workers: tuple[str, ...], concurrent: str
) -> None:
    provider.reply = lambda call: Answer(str(call.number))
    provider.seconds = 0.02
    project.write(SOURCE.format(rate=0.2, concurrent=concurrent, right="int(one.text) % 20"))
    recorded = project.run("--llm-record=once", "-v", *workers)
    live, bytes_ = texts(project), project.cassette().read_bytes()
    replayed = project.run("-v", *workers)

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    for result in (recorded, replayed):
        assert "(5/5, 95% CI 0.57-1.00)" in result.stdout.str()
    assert texts(project) == live
    assert sorted(int(text) for line in live for text in line.split()) == list(range(1, 21))
    assert project.cassette().read_bytes() == bytes_
    assert sorted((entry.get("trial", 1), entry["draw"]) for entry in project.interactions()) == [
        (trial, draw) for trial in range(1, 6) for draw in range(1, 5)
    ]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_sample_of_a_trial_is_judged_beside_the_draws_of_that_trial(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    provider.script = [Answer("yes") for _ in range(20)] + [Answer(word) for word in ["yes"] * 4 + ["no"] * 16]
    project.write(SOURCE.format(rate=0.8, concurrent="", right="one.text == 'yes'"))
    project.record()
    anew = project.run("--llm-record=all", *workers)

    anew.assert_outcomes(failed=1)
    assert errors(anew) == [
        "rate 0.33 >= 0.80  (1 of 3 trials, 95% CI 0.06-0.79; 1 of 5 may fail)",
        "2 x test_it.py:11  assert rate 0.00 >= 0.75 (0 of 4 trials, 95% CI 0.00-0.49)  (trials 2, 3)",
        "assert rate 0.00 >= 0.75  (0 of 4 trials, 95% CI 0.00-0.49)",
        "trials 1-4: 'no'",
    ]
    assert "1 sample did not meet a demand:" in section(anew)
    assert (
        "  test_it.py::test_it: newly failing: rate 0.00 >= 0.75; 4 of 4 recorded draws passed (Fisher p = 0.029)"
        in section(anew)
    )
