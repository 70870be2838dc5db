"""``--llm-attribute``: which of a changed prompt and a changed model did it, by experiment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from .project import Project, section
from .server import Answer, Call, Provider

ASK = """
    def test_it(llm, llm_snapshot):
        response = llm.ask({prompt!r}, temperature=0.5)
        assert response == llm_snapshot
        assert "days" in response.text
"""


def answering(old_model_knows: int, new_model_knows: int) -> Callable[[Call], Answer]:
    """Return a provider whose models know the answer in so many of ten calls, whatever the prompt is."""
    seen: Counter[str] = Counter()

    def reply(call: Call) -> Answer:
        model = str(call.body["model"])
        seen[f"{model} {call.text}"] += 1
        knows = old_model_knows if model == "old" else new_model_knows
        return Answer(f"{'30 days' if seen[f'{model} {call.text}'] % 10 < knows else 'No idea'}, says {model}.")

    return reply


def changed(project: Project, provider: Provider, old: int = 10, new: int = 2) -> None:
    """Leave a project in which prompt and model both changed since the snapshot was accepted."""
    provider.reply = answering(old, new)
    project.write(ASK.format(prompt="How long?"))
    project.run("--llm-record=once", "--llm-model=old")
    project.run("--llm-accept")
    project.record("--llm-model=old")
    project.write(ASK.format(prompt="For how many days?"))
    provider.calls.clear()


def files(project: Project) -> dict[str, bytes]:
    return {name: (project.path / name).read_bytes() for name in project.files if "pending" not in name}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_each_change_is_given_its_effect(project: Project, provider: Provider, workers: tuple[str, ...]) -> None:
    changed(project, provider)

    result = project.run("--llm-record=missing", "--llm-model=new", "--llm-attribute", *workers)

    result.assert_outcomes(failed=1)
    said = section(result)
    start = said.index("Attribution of test_it.py::test_it  (old → new, up to 10 draws a cell):")
    assert said[start + 1 :] == [
        "  old prompt, old model 10/10; new prompt, old model 10/10; old prompt, new model 2/10; "
        "new prompt, new model 2/10",
        "  prompt +0 points [-22, +22], model -80 points [-90, -51], interaction +0 points [-44, +44]",
        "  38 calls made for it ($0.00 spent), 2 replayed.",
    ]
    asked = Counter((call.body["model"], call.text) for call in provider.calls)
    assert asked == {
        ("old", "How long?"): 9,
        ("old", "For how many days?"): 10,
        ("new", "How long?"): 10,
        ("new", "For how many days?"): 10,
    }
    assert {call.body["temperature"] for call in provider.calls} == {0.5}


def test_what_was_asked_is_recorded_and_a_second_run_asks_nothing(project: Project, provider: Provider) -> None:
    changed(project, provider)
    project.run("--llm-record=missing", "--llm-model=new", "--llm-trials=3")
    before = files(project)
    first = section(project.run("--llm-model=new", "--llm-attribute", "--llm-trials=3"))
    provider.calls.clear()

    second = section(project.run("--llm-model=new", "--llm-attribute", "--llm-trials=3"))

    assert provider.calls == []
    attribution = "__llm__/test_it/test_it.attribution.json"
    assert files(project) == {**before, attribution: (project.path / attribution).read_bytes()}
    assert [line for line in second if "prompt" in line] == [line for line in first if "prompt" in line]
    assert second[-1] == "  0 calls made for it ($0.00 spent), 12 replayed."
    tests = [entry["test"] for entry in json.loads((project.path / attribution).read_text("utf-8"))["interactions"]]
    assert Counter(tests) == {
        "test_it (old prompt, old model)": 2,
        "test_it (new prompt, old model)": 3,
        "test_it (old prompt, new model)": 3,
        "test_it (new prompt, new model)": 2,
    }


def test_of_a_model_that_is_gone_the_recorded_draws_stand_in(project: Project, provider: Provider) -> None:
    changed(project, provider)
    knows = provider.reply
    provider.reply = lambda call: (
        Answer(status=404, error="no such model") if call.body["model"] == "old" else knows(call)
    )

    result = project.run("--llm-record=missing", "--llm-model=new", "--llm-attribute")

    assert section(result)[-4:] == [
        "  old prompt, old model 1/1; new prompt, old model: none; old prompt, new model 2/10; "
        "new prompt, new model 2/10",
        "  old is not available any more. The recorded draws stand in.",
        "  prompt +0 points [-34, +34] with the new model, model -80 points [-94, +5] with the old prompt",
        "  21 calls made for it ($0.00 spent), 4 replayed.",
    ]


def test_nothing_is_asked_where_only_one_of_both_changed(project: Project, provider: Provider) -> None:
    changed(project, provider)

    result = project.run("--llm-record=missing", "--llm-model=old", "--llm-attribute")

    assert len(provider.calls) == 1
    assert not any("Attribution" in line for line in section(result))


def test_nothing_is_asked_without_the_option(project: Project, provider: Provider) -> None:
    changed(project, provider)

    project.run("--llm-record=missing", "--llm-model=new")

    assert len(provider.calls) == 1


def test_the_budget_holds_for_the_experiment(project: Project, provider: Provider) -> None:
    changed(project, provider)

    result = project.run("--llm-record=missing", "--llm-model=new", "--llm-attribute", "--llm-max-calls=5")

    assert len(provider.calls) == 5
    assert any("5 of 5 live calls are used up" in line for line in section(result))
    path: Path = project.path / "__llm__/test_it/test_it.attribution.json"
    assert len(json.loads(path.read_text("utf-8"))["interactions"]) == 4


def test_a_test_that_asserts_nothing_else_says_so(project: Project, provider: Provider) -> None:
    changed(project, provider)
    project.write("""
        def test_it(llm, llm_snapshot):
            assert llm.ask("For how many days?", temperature=0.5) == llm_snapshot
    """)

    result = project.run("--llm-record=missing", "--llm-model=new", "--llm-attribute", "--llm-trials=2")

    assert "  Every run passed: what the test asserts besides its snapshot does not tell the cells apart." in section(
        result
    )
