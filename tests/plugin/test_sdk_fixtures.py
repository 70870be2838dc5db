"""The fixtures ``openai_client``, ``async_openai_client`` and ``llm_cassette``."""

from __future__ import annotations

import pytest

from .project import Project
from .server import Provider

SYNC = """
    def test_it(openai_client):
        import openai

        assert type(openai_client) is openai.OpenAI
        messages = [{"role": "user", "content": "Hi"}]
        answer = openai_client.chat.completions.create(model="gpt-4o-mini", messages=messages)
        assert answer.choices[0].message.content == "answer 1"
"""
ASYNC = """
    import asyncio

    def test_it(async_openai_client):
        import openai

        assert type(async_openai_client) is openai.AsyncOpenAI
        messages = [{"role": "user", "content": "Hi"}]
        answer = asyncio.run(async_openai_client.chat.completions.create(model="gpt-4o-mini", messages=messages))
        assert answer.choices[0].message.content == "answer 1"
"""


@pytest.mark.parametrize("source", [pytest.param(SYNC, id="sync"), pytest.param(ASYNC, id="async")])
def test_the_real_client_records_and_replays_without_a_key(project: Project, provider: Provider, source: str) -> None:
    project.write(source)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


@pytest.mark.parametrize("source", [pytest.param(SYNC, id="sync"), pytest.param(ASYNC, id="async")])
def test_what_was_recorded_at_one_endpoint_replays_with_none_configured(
    project: Project, provider: Provider, source: str
) -> None:
    project.write(source)
    project.record()
    project.ini(llm_base_url="")

    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize("fixture", ["openai_client", "async_openai_client", "llm", "async_llm"])
def test_recording_without_a_key_says_that_the_key_is_missing(project: Project, fixture: str) -> None:
    project.ini(llm_base_url="")
    project.write(f"def test_it({fixture}):\n    pass\n")

    result = project.run("--llm-record=once")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*OPENAI_API_KEY*"])


APP = """
    import openai

    client = openai.OpenAI(base_url={url!r}, api_key="none")

    def answer(text):
        messages = [{{"role": "user", "content": text}}]
        return client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content
"""


def test_a_client_that_was_built_at_import_is_caught(project: Project, provider: Provider) -> None:
    project.write(APP.format(url=provider.url), "app.py")
    project.write("""
        from app import answer

        def test_it(llm_cassette):
            assert answer("Hi") == "answer 1"
            assert len(llm_cassette) == 1
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_a_client_is_not_caught_in_a_test_that_is_not_ours(project: Project, provider: Provider) -> None:
    project.write(APP.format(url=provider.url), "app.py")
    project.write("""
        from app import answer

        def test_it(llm_cassette):
            assert answer("Hi")

        def test_plain():
            assert answer("Hi")
    """)
    project.record()
    result = project.run()

    result.assert_outcomes(passed=2)
    assert len(provider.calls) == 3
    assert project.files == ["__llm__/test_it/test_it.cassette.json"]


def test_the_cassette_tells_what_was_asked_played_and_not(project: Project) -> None:
    project.write("""
        def test_it(llm, llm_cassette):
            llm.ask("One.")
            llm.ask("Two.")
            assert len(llm_cassette) == 2
            assert [call.request.messages[-1].text for call in llm_cassette.interactions] == ["One.", "Two."]
            assert (llm_cassette.played, llm_cassette.unplayed) == ([], [])
            assert repr(llm_cassette) == "<llm_cassette: 2 calls, 0 recordings unplayed>"
    """)
    project.record()
    project.write("""
        def test_it(llm, llm_cassette):
            assert len(llm_cassette) == 0
            llm.ask("Two.")
            assert [call.response.text for call in llm_cassette.interactions] == ["answer 2"]
            (played,) = llm_cassette.played
            assert (played.response.text, played.replayed, played.draw, played.test) == ("answer 2", True, 1, "test_it")
            assert [call.response.text for call in llm_cassette.unplayed] == ["answer 1"]
            assert len(llm_cassette.cassette) == 2
            assert repr(llm_cassette) == "<llm_cassette: 1 call, 1 recording unplayed>"
    """)

    result = project.run()

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("fixture", ["llm", "llm_cassette", "openai_client", "async_llm", "async_openai_client"])
def test_a_fixture_fetched_too_late_says_how_to_fetch_it(project: Project, fixture: str) -> None:
    project.write(f"def test_it(request):\n    request.getfixturevalue({fixture!r})\n")

    result = project.run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*was asked for by request.getfixturevalue(), when interception could not start any more. "
            "Mark the test: @pytest.mark.llm"
        ]
    )


def test_a_marked_test_may_fetch_its_fixture_later(project: Project) -> None:
    project.write("""
        import pytest

        @pytest.mark.llm
        def test_it(request):
            assert request.getfixturevalue("llm").ask("Hi").text
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_a_test_of_unittest_is_ours_by_its_marker(project: Project, provider: Provider) -> None:
    project.write(APP.format(url=provider.url), "app.py")
    project.write("""
        import unittest

        import pytest
        from app import answer

        @pytest.mark.llm
        class TestIt(unittest.TestCase):
            def test_it(self):
                self.assertEqual(answer("Hi"), "answer 1")
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_the_environment_is_as_it_was_after_a_test(project: Project) -> None:
    project.write("""
        import os

        def test_it(llm_cassette):
            assert os.environ["OPENAI_API_KEY"] and os.environ["ANTHROPIC_API_KEY"]

        def test_plain():
            assert "OPENAI_API_KEY" not in os.environ
    """)

    project.run().assert_outcomes(passed=2)


def test_a_key_of_the_environment_is_left_as_it_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    project.write("""
        import os

        def test_it(llm_cassette):
            assert os.environ["OPENAI_API_KEY"] == "mine"
    """)

    project.run().assert_outcomes(passed=1)


def test_the_clients_of_a_run_load_their_certificates_once(project: Project) -> None:
    project.write(
        """
        import ssl
        import pytest

        LOADED = []

        @pytest.fixture(autouse=True)
        def counted(monkeypatch):
            load = ssl.SSLContext.load_verify_locations

            def noted(context, *given, **named):
                LOADED.append(1)
                load(context, *given, **named)

            monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noted)

        @pytest.mark.parametrize("number", range(5))
        def test_sync(openai_client, number):
            pass

        @pytest.mark.parametrize("number", range(5))
        def test_async(async_openai_client, number):
            pass

        def test_loaded():
            assert len(LOADED) == 1
        """
    )

    project.run("--llm-record=once").assert_outcomes(passed=11)
