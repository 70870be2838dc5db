"""``@pytest.mark.llm`` and ``@pytest.mark.llm_live``."""

from __future__ import annotations

import pytest

from .project import Project
from .server import Provider


def test_the_model_of_a_marker_wins(project: Project, provider: Provider) -> None:
    project.write("""
        import pytest

        pytestmark = pytest.mark.llm(model="of-the-module")

        @pytest.mark.llm(model="of-the-test")
        def test_it(llm):
            assert llm.model == "of-the-test"
            llm.ask("Hi")

        def test_other(llm):
            assert llm.model == "of-the-module"
    """)

    project.record("--llm-model=of-the-command-line")

    assert [call.body["model"] for call in provider.calls] == ["of-the-test"]


def test_a_test_with_the_marker_needs_no_fixture(project: Project, provider: Provider) -> None:
    project.write(f"""
        import openai
        import pytest

        client = openai.OpenAI(base_url={provider.url!r}, api_key="none")

        @pytest.mark.llm
        def test_it():
            messages = [{{"role": "user", "content": "Hi"}}]
            assert client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_the_cassette_of_a_marker_is_shared_by_the_tests_that_name_it(project: Project, provider: Provider) -> None:
    project.write("""
        import pytest

        pytestmark = pytest.mark.llm(cassette="shared")

        def test_it(llm):
            assert llm.ask("One.").text == "answer 1"

        def test_other(llm):
            assert llm.ask("Two.").text == "answer 2"
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=2)
    assert project.files == ["__llm__/test_it/shared.shared.cassette.json"]
    assert len(provider.calls) == 2


WRONG = {
    "an unknown argument": ("models='gpt-4o'", "models"),
    "a positional argument": ("'gpt-4o'", "'gpt-4o'"),
    "two of them": ("'gpt-4o', recorded='once'", "'gpt-4o', recorded"),
}


@pytest.mark.parametrize(("arguments", "named"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_argument_that_does_not_exist_is_told_with_those_that_do(
    project: Project, arguments: str, named: str, workers: tuple[str, ...]
) -> None:
    project.write(f"""
        import pytest

        @pytest.mark.llm({arguments})
        def test_it():
            pass

        def test_other(llm_cassette):
            pass
    """)

    result = project.run(*workers)

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(
        [f"*@pytest.mark.llm does not take {named}. Its arguments: model=, record=, cassette=."]
    )


LIVE = """
    import pytest

    @pytest.mark.llm_live
    def test_it(llm):
        assert llm.ask("Hi").text

    def test_other(llm):
        pass
"""


def test_a_live_test_is_skipped_with_its_reason(project: Project, provider: Provider) -> None:
    project.write(LIVE)

    result = project.run("-rs", "--llm-record=all")

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * calls the provider: runs under --llm-live only"])
    assert provider.calls == []


def test_a_live_test_runs_under_live(project: Project, provider: Provider) -> None:
    project.write(LIVE)

    result = project.run("--llm-live")

    result.assert_outcomes(passed=2)
    assert len(provider.calls) == 1


def test_the_markers_are_declared(project: Project) -> None:
    result = project.run("--markers")

    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.llm(model=, record=, cassette=): *",
            "@pytest.mark.llm_live: this test calls the provider; it runs under --llm-live only",
        ]
    )
