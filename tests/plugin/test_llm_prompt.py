"""``llm_prompt``: prompts in files, and what of them caused a difference."""

from __future__ import annotations

import pytest

from .project import Project, errors
from .server import Provider

SUITE = """
    def test_it(llm, llm_prompt, llm_snapshot):
        prompt = llm_prompt("refund", days=30, item="lamp")
        assert llm.ask(prompt, **prompt.params) == llm_snapshot
"""
FILE = """\
    ---
    params: {"temperature": 0}
    ---

    <!-- system -->

    Answer in one sentence.

    <!-- user -->

    Within {days} days I want to return a {item}. May I?
    """


def explained(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failure's explanation."""
    return [line[8:] for line in result.stdout.lines if line.startswith("E  ")]


@pytest.fixture
def accepted(project: Project, provider: Provider) -> Project:
    """Give a project whose answer to a prompt from a file is accepted; the next answer is another."""
    provider.always("You may.")
    project.write(SUITE)
    project.write(FILE, "prompts/refund.md")
    project.run("--llm-record=once")
    project.run("--llm-accept")
    provider.always("You may not.")
    return project


def test_the_messages_and_parameters_of_a_file_are_sent(accepted: Project, provider: Provider) -> None:
    accepted.run().assert_outcomes(passed=1)

    assert len(provider.calls) == 1
    assert provider.calls[0].body["temperature"] == 0
    assert provider.calls[0].body["messages"] == [
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "user", "content": "Within 30 days I want to return a lamp. May I?"},
    ]


@pytest.mark.parametrize(
    ("suite", "file", "cause", "change"),
    [
        pytest.param(
            SUITE,
            FILE.replace("one sentence", "one word"),
            "the prompt changed (prompts/refund.md)",
            "prompt, message 1 (system): Answer in one [-sentence-]{+word+}.",
            id="the template",
        ),
        pytest.param(
            SUITE.replace("lamp", "book"),
            FILE,
            "the variables of the prompt changed (item of prompts/refund.md), its template did not",
            "prompt, message 2 (user): …30 days I want to return a [-lamp-]{+book+}. May I?",
            id="a variable",
        ),
        pytest.param(
            SUITE.replace("lamp", "book"),
            FILE.replace("one sentence", "one word"),
            "the prompt changed (prompts/refund.md and its item)",
            "prompt, message 1 (system): Answer in one [-sentence-]{+word+}.",
            id="both",
        ),
        pytest.param(
            SUITE.replace("(prompt,", "([*prompt.messages, {'role': 'user', 'content': 'Tell me.'}],"),
            FILE,
            "the prompt changed (not prompts/refund.md)",
            "prompt, message 3 (user) is new: Tell me.",
            id="what stands beside it",
        ),
    ],
)
def test_the_cause_names_the_file_and_tells_its_variables_apart(
    accepted: Project, suite: str, file: str, cause: str, change: str
) -> None:
    accepted.write(suite)
    accepted.write(file, "prompts/refund.md")
    result = accepted.run("--llm-record=missing")
    lines = explained(result)

    assert lines[0] == f"assert response == llm_snapshot  ({cause})"
    assert lines[1].strip() == change
    assert lines[-2:] == ["  - You may.", "  + You may not."]


def test_an_application_s_own_client_and_file_are_known_again(project: Project, provider: Provider) -> None:
    project.write(FILE, "shop/prompts/refund.md")
    project.write(
        """
        from pathlib import Path

        import openai
        from pytest_llm import load_prompt

        def answer(item):
            prompt = load_prompt(Path(__file__).parent / "prompts" / "refund.md", days=30, item=item)
            client = openai.OpenAI(base_url=URL, api_key="x")
            made = client.chat.completions.create(model="m", messages=prompt.messages, **prompt.params)
            return made.choices[0].message.content
        """.replace("URL", repr(provider.url)),
        "shop/app.py",
    )
    suite = "from app import answer\n\ndef test_it(llm_snapshot):\n    assert answer('lamp') == llm_snapshot\n"
    project.ini(pythonpath="shop")
    project.write(suite, "tests/test_it.py")
    project.run("--llm-record=once")
    project.run("--llm-accept")
    project.write(suite.replace("lamp", "book"), "tests/test_it.py")
    result = project.run("--llm-record=missing", "-n", "2")

    assert explained(result)[0].endswith(
        "assert value == llm_snapshot  "
        "(the variables of the prompt changed (item of shop/prompts/refund.md), its template did not)"
    )


def test_a_file_beside_the_module_comes_before_one_at_the_root(project: Project) -> None:
    project.write("root {x}", "texts/a.md")
    project.write("root", "texts/b.md")
    project.write("near {x}", "tests/texts/a.md")
    project.ini(llm_prompts="texts")
    project.write(
        """
        def test_it(llm_prompt):
            assert (llm_prompt("a", x=1), llm_prompt("b")) == ("near 1", "root")
        """,
        "tests/test_it.py",
    )

    project.run().assert_outcomes(passed=1)


def test_an_unknown_name_fails_with_the_nearest(accepted: Project) -> None:
    accepted.write(SUITE.replace('"refund"', '"refnud"'))
    result = accepted.run()

    assert errors(result) == [
        "pytest_llm.errors.PromptError: There is no prompt 'refnud' in prompts. Did you mean 'refund'?"
    ]
