"""``llm_max_age``, ``llm_dir``, ``llm_hosts``, ``llm_model``, ``llm_base_url``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from .project import Project, section
from .server import Provider

ONE = """
    def test_it(llm):
        assert llm.ask("Say hello.").text
"""


def recorded_days_ago(project: Project, days: int) -> str:
    project.write(ONE)
    project.record()
    today = datetime.now(UTC).date()
    day = (today - timedelta(days=days)).isoformat()
    text = project.cassette().read_text("utf-8")
    project.cassette().write_text(text.replace(today.isoformat(), day), encoding="utf-8")
    return day


@pytest.mark.parametrize(("age", "days"), [("90d", 91), ("2w", 15), ("1m", 31), ("1y", 366)])
def test_a_recording_older_than_the_age_is_told_with_its_remedy(project: Project, age: str, days: int) -> None:
    day = recorded_days_ago(project, days)
    project.ini(llm_max_age=age)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert section(result)[1:] == [
        f"1 test replayed recordings older than llm_max_age; the oldest is of {day}. "
        'Record it anew: pytest --llm-record=all "test_it.py::test_it"'
    ]


@pytest.mark.parametrize("age", ["90d", "4m", ""])
def test_a_younger_recording_is_not_mentioned(project: Project, age: str) -> None:
    recorded_days_ago(project, 89)
    project.ini(llm_max_age=age)

    result = project.run()

    assert len(section(result)) == 1


def test_a_refresh_makes_a_stale_recording_young_even_when_the_answer_is_the_same(
    project: Project, provider: Provider
) -> None:
    provider.always("Hello.")
    recorded_days_ago(project, 100)
    project.ini(llm_max_age="90d")

    project.record(mode="all")

    assert len(section(project.run())) == 1


def test_the_folder_of_the_recordings_has_the_name_that_is_set(project: Project) -> None:
    project.ini(llm_dir="recordings")
    project.write(ONE)

    project.record()

    assert project.path.joinpath("recordings/test_it/test_it.cassette.json").exists()
    assert project.files == []
    project.run().assert_outcomes(passed=1)


FOREIGN = """
    import urllib.request

    import openai

    def test_it(llm_cassette):
        from urllib3 import PoolManager

        answer = PoolManager().request("POST", "{url}/search", body=b'{{"query": "refunds"}}')
        assert answer.status == 200
        assert len(llm_cassette) == {calls}
"""


def test_a_host_that_is_set_is_recorded_whatever_its_path(project: Project, provider: Provider) -> None:
    host = provider.url.removeprefix("http://").removesuffix("/v1")
    project.ini(llm_base_url="", llm_hosts=host)
    project.write(FOREIGN.format(url=f"http://{host}", calls=1))
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_a_host_that_is_not_set_passes_untouched(project: Project, provider: Provider) -> None:
    host = provider.url.removeprefix("http://").removesuffix("/v1")
    project.ini(llm_base_url="")
    project.write(FOREIGN.format(url=f"http://{host}", calls=0))

    project.run().assert_outcomes(passed=1)
    project.run("--llm-record=once").assert_outcomes(passed=1)

    assert len(provider.calls) == 2
    assert project.files == []


def test_the_model_and_its_endpoint_may_stand_on_the_command_line(project: Project, provider: Provider) -> None:
    project.ini(llm_base_url="http://127.0.0.1:9/v1", llm_model="gpt-4.1")
    project.write(ONE)

    project.record(f"--llm-base-url={provider.url}", "--llm-model=gpt-4o")

    assert provider.calls[0].body["model"] == "gpt-4o"


def test_without_a_model_the_client_says_how_to_name_one(project: Project) -> None:
    project.ini(llm_model="")
    project.write(ONE)

    result = project.run()

    result.stdout.fnmatch_lines(
        [
            "*No model is configured. Name one: pytest --llm-model=NAME, llm_model in the ini file, "
            "@pytest.mark.llm(model=...), or llm.using(NAME)."
        ]
    )


@pytest.mark.parametrize(("model", "said"), [("", True), ("gpt-4o-mini", False)])
def test_recording_with_neither_key_nor_model_says_both_at_once(
    project: Project, monkeypatch: pytest.MonkeyPatch, model: str, said: bool
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    project.ini(llm_model=model, llm_base_url="")
    project.write(ONE)

    result = project.run("--llm-record=once")

    result.assert_outcomes(errors=1)
    assert "During handling" not in result.stdout.str()
    assert ("No model is named either: pytest --llm-model=NAME" in result.stdout.str()) is said
