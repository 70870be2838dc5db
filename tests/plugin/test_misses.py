"""A request without a recording: what the test's report, the summary and the exit say, whole."""

from __future__ import annotations

import re
import shlex
import threading
from textwrap import dedent
from xml.etree import ElementTree

import pytest

from .project import Project, errors, section
from .server import Answer, Provider

CASSETTE = "__llm__/test_it/test_it.cassette.json"
NODE = '"test_it.py::test_it"'
TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search the orders.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
}
WIDER = {
    "type": "function",
    "function": {
        **TOOL["function"],  # type: ignore[dict-item]
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["query"],
        },
    },
}
SCHEMA = {"title": "City", "type": "object", "properties": {"name": {"type": "string"}}}
TALL = {"title": "City", "type": "object", "properties": {"name": {"type": "string"}, "height": {"type": "number"}}}
POLICY = "Refunds are possible within {days} days of delivery. " * 3


def asking(*calls: str) -> str:
    return "def test_it(llm):\n" + "".join(f"    {call}\n" for call in calls)


def message_of(result: pytest.RunResult) -> list[str]:
    """Return the message of the one miss, line by line, digests left out."""
    text = "\n".join(line[1:] for line in result.outlines if line.startswith("E  "))
    lines = dedent(text).splitlines()
    lines[0] = lines[0].removeprefix("pytest_llm.errors.CassetteMissError: ")
    return [re.sub(r"\b[0-9a-f]{8}\b", "<digest>", line) for line in lines]


def told(result: pytest.RunResult) -> str:
    """Return the short summary's line of the one test that failed."""
    (line,) = [line for line in result.outlines if line.startswith("UNRECORDED ")]
    return line


def command_of(result: pytest.RunResult) -> list[str]:
    """Return the arguments of the command at the end of the message."""
    return shlex.split(message_of(result)[-1].removeprefix("Record it: pytest "))


def miss(recorded: str, asked: str, project: Project, *args: str) -> pytest.RunResult:
    """Record one call, then replay another, and see to it that the command that is told makes it pass."""
    if recorded:
        project.write(asking(recorded))
        project.record()
    project.write(asking(asked))
    calls = len(project.provider.calls)
    result = project.run(*args)
    assert len(project.provider.calls) == calls
    assert result.ret == 1
    project.run(*command_of(result)).assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)
    return result


KINDS = [
    pytest.param(
        "",
        "llm.ask('Say hello.')",
        [
            f"No recording of this request: {CASSETTE} does not exist. It asks gpt-4o-mini: 'Say hello.'.",
            f"Record it: pytest --llm-record=once {NODE}",
        ],
        "no cassette yet",
        id="no cassette",
    ),
    pytest.param(
        "llm.ask('Summarise this refund policy in one line.')",
        "llm.ask('Summarise this refund policy in one sentence.')",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the prompt, message 1 (user):",
            "  - Summarise this refund policy in one line.",
            "  + Summarise this refund policy in one sentence.",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "prompt, message 1 (user): one line. → one sentence.",
        id="prompt",
    ),
    pytest.param(
        "llm.ask('Hi', temperature=0)",
        "llm.ask('Hi', temperature=0.7)",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the params, temperature: 0 → 0.7",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "params, temperature: 0 → 0.7",
        id="params",
    ),
    pytest.param(
        f"llm.ask('Hi', tools=[{TOOL}])",
        f"llm.ask('Hi', tools=[{WIDER}])",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the tools, tool `search`: gained `limit`",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "tools, tool `search`: gained `limit`",
        id="tools",
    ),
    pytest.param(
        f"llm.ask('Hi', schema={SCHEMA})",
        f"llm.ask('Hi', schema={TALL})",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the schema, "
            'response_format.json_schema.schema.properties.height: {"type": "number"} is new',
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        'schema, response_format.json_schema.schema.properties.height: {"type": "number"} is new',
        id="schema",
    ),
    pytest.param(
        "llm.ask('Hi')",
        "llm.using('gpt-4.1').ask('Hi')",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the model: gpt-4o-mini → gpt-4.1",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "model: gpt-4o-mini → gpt-4.1",
        id="model",
    ),
    pytest.param(
        "llm.ask('Hi')",
        "llm.embed('Hi')",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the endpoint, the prompt and the params:",
            "  endpoint: POST /v1/chat/completions → POST /v1/embeddings",
            '  prompt: messages: [{"content": "Hi", "role": "user"}] is gone',
            '  prompt: input: "Hi" is new',
            '  encoding_format: "base64" is new',
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        None,
        id="endpoint",
    ),
    pytest.param(
        "llm.ask('Hi', temperature=0, seed=1)",
        "llm.using('gpt-4.1').ask('Ho', temperature=1, seed=2)",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the model, the prompt and the params:",
            "  model: gpt-4o-mini → gpt-4.1",
            "  message 1 (user): Hi → Ho",
            "  seed: 1 → 2",
            "  temperature: 0 → 1",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "model, prompt and params differ; gpt-4o-mini → gpt-4.1",
        id="several parts",
    ),
    pytest.param(
        "llm.ask('Hi')",
        "llm.ask('Hi', **dict.fromkeys('seed top_p n presence_penalty frequency_penalty logprobs'.split(), 1))",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the params:",
            "  frequency_penalty: 1 is new",
            "  logprobs: 1 is new",
            "  n: 1 is new",
            "  presence_penalty: 1 is new",
            "  … and 2 more lines of differences",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        None,
        id="more than fits",
    ),
    pytest.param(
        f"llm.ask({POLICY.format(days=30)!r})",
        f"llm.ask({POLICY.format(days=14)!r})",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the prompt, message 1 (user):",
            "  - Refunds are possible within 30 days of delivery. Refunds are possible within 30 days of delive…",
            "  + Refunds are possible within 14 days of delivery. Refunds are possible within 14 days of delive…",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        None,
        id="a long prompt",
    ),
    pytest.param(
        "llm.ask('Hi')",
        "llm.ask([{'role': 'user', 'content': 'Hi'}, {'role': 'user', 'content': 'Hurry.'}])",
        [
            f"No recording of this request in {CASSETTE} (1 interaction).",
            "The nearest, draw 1 of <digest>, differs in the prompt, message 2 (user): is new: Hurry.",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "prompt, message 2 (user): is new: Hurry.",
        id="one more message",
    ),
    pytest.param(
        "[llm.ask('Roll a die.') for _ in range(2)]",
        "[llm.ask('Roll a die.') for _ in range(3)]",
        [
            f"No draw 3 of this request in {CASSETTE}: it was asked once more than its 2 recorded draws "
            "(<digest>: gpt-4o-mini: 'Roll a die.').",
            f"Record it: pytest --llm-record=missing {NODE}",
        ],
        "draw 3, only 2 recorded",
        id="draws exhausted",
    ),
]


@pytest.mark.parametrize(("recorded", "asked", "message", "story"), KINDS)
def test_a_miss_says_what_is_missing_and_its_command_records_it(
    project: Project, recorded: str, asked: str, message: list[str], story: str | None
) -> None:
    result = miss(recorded, asked, project)

    assert message_of(result) == message
    assert len(message) <= 8
    if story is not None:
        assert told(result) == f"UNRECORDED test_it.py::test_it - {story}"


def test_in_mode_once_a_miss_says_that_the_mode_is_why(project: Project) -> None:
    result = miss("llm.ask('Hi')", "llm.ask('Ho')", project, "--llm-record=once")

    assert message_of(result) == [
        f"No recording of this request in {CASSETTE} (1 interaction), and --llm-record=once records absent "
        "cassettes only.",
        "The nearest, draw 1 of <digest>, differs in the prompt, message 1 (user):",
        "  - Hi",
        "  + Ho",
        f"Record it: pytest --llm-record=missing {NODE}",
    ]


def test_a_new_parameter_says_that_only_other_parameters_are_recorded(project: Project, provider: Provider) -> None:
    source = """
        import pytest

        @pytest.mark.parametrize("city", {cities})
        def test_it(llm, city):
            llm.ask(f"Where is {{city}}?")
    """
    project.write(source.format(cities=["Rome", "Oslo"]))
    project.record()
    project.write(source.format(cities=["Rome", "Oslo", "Lima"]))

    result = project.run()

    result.assert_outcomes(passed=2, failed=1)
    assert message_of(result) == [
        f"No recording of this test in {CASSETTE} (2 interactions of its other parameters). "
        "It asks gpt-4o-mini: 'Where is Lima?'.",
        "The nearest, draw 1 of <digest>, differs in the prompt, message 1 (user):",
        "  - Where is Rome?",
        "  + Where is Lima?",
        'Record it: pytest --llm-record=missing "test_it.py::test_it[Lima]"',
    ]
    project.run(*command_of(result)).assert_outcomes(passed=1)
    assert provider.asked == ["Where is Rome?", "Where is Oslo?", "Where is Lima?"]


def test_a_stream_that_was_left_early_says_so_when_it_is_read_on(project: Project) -> None:
    left = threading.Event()
    project.provider.reply = lambda call: Answer("one two three four five", hold=lambda: left.wait(10))
    project.write("""
        def test_it(openai_client):
            with openai_client.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": "Count."}], stream=True
            ) as stream:
                for event in stream:
                    break
    """)
    project.record()
    left.set()
    project.write("""
        def test_it(openai_client):
            with openai_client.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": "Count."}], stream=True
            ) as stream:
                for event in stream:
                    pass
    """)

    result = project.run()

    assert message_of(result) == [
        f"The recording of this stream in {CASSETTE} ends early (<digest>): when it was recorded the application "
        "stopped reading here, and now it reads on.",
        f"Record it: pytest --llm-record=all {NODE}",
    ]
    project.run(*command_of(result)).assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)


def test_the_summary_names_one_command_for_one_test(project: Project) -> None:
    project.write(asking("llm.ask('Hi')"))

    result = project.run()

    assert section(result) == [f"1 test lacks a recording. Record it: pytest --llm-record=once {NODE}"]


def test_the_summary_names_one_command_for_several_tests(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            llm.ask("Hi")

        class TestMore:
            def test_it(self, llm):
                llm.ask("Ho")
    """)

    result = project.run()

    nodes = '"test_it.py::test_it" "test_it.py::TestMore::test_it"'
    (line,) = section(result)
    assert line == f"2 tests lack a recording. Record them: pytest --llm-record=once {nodes}"
    project.run(*shlex.split(line.partition(": pytest ")[2])).assert_outcomes(passed=2)
    assert provider.asked == ["Hi", "Ho"]


def test_the_summary_stays_short_for_many_tests(project: Project) -> None:
    project.write("".join(f"def test_{n}(llm):\n    llm.ask('Hi')\n" for n in range(9)))

    result = project.run()

    assert section(result) == ["9 tests lack a recording. Record them: pytest --llm-record=once"]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_last_line_tells_the_story_in_a_narrow_terminal(
    project: Project, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    project.write(asking("llm.ask('Summarise this refund policy in one line.', temperature=0)"))
    project.record()
    project.write(asking("llm.ask('Summarise this refund policy in one line.', temperature=0.7)"))
    monkeypatch.setenv("COLUMNS", columns)

    result = project.run()

    assert told(result) == "UNRECORDED test_it.py::test_it - params, temperature: 0 → 0.7"


def test_the_letter_and_the_word_are_those_of_unrecorded(project: Project) -> None:
    project.write(asking("llm.ask('Hi')"))

    short, verbose = project.run(), project.run("-v")

    short.stdout.fnmatch_lines(["test_it.py U *", "*1 failed*"])
    verbose.stdout.fnmatch_lines(["test_it.py::test_it UNRECORDED *"])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="default"),
        pytest.param(("-vv",), id="vv"),
        pytest.param(("--showlocals",), id="showlocals"),
        pytest.param(("--tb=long", "--showlocals"), id="long"),
        pytest.param(("--tb=short", "--showlocals"), id="short"),
        pytest.param(("--tb=native",), id="native"),
        pytest.param(("--full-trace", "--showlocals"), id="full trace"),
        pytest.param(("-n", "2", "--showlocals"), id="xdist"),
    ],
)
def test_the_traceback_shows_the_users_frames_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-4f8a1b2c3d4e5f6a7b8c")
    project.write(
        """
        def summarise(client, text):
            return client.ask(f"Summarise: {text}")
        """,
        "app.py",
    )
    project.write("""
        from app import summarise

        def test_it(llm):
            assert summarise(llm, "a policy").text
    """)

    result = project.run(*options)

    text = result.stdout.str()
    shown = re.findall(r"^(?:  File \")?(\S+\.py)(?=:\d+|\")", text, re.MULTILINE)
    assert {path.rpartition("/")[2] for path in shown} == {"test_it.py", "app.py"}
    assert "4f8a1b2c3d4e5f6a7b8c" not in text
    assert not re.search(r"authorization|user-agent|x-stainless", text, re.IGNORECASE)


def test_a_junit_report_holds_the_message_and_the_story(project: Project) -> None:
    project.write(asking("llm.ask('Hi')"))

    project.run("--junitxml=report.xml")

    (failure,) = ElementTree.parse(project.path / "report.xml").iter("failure")
    assert failure.get("message") == "no cassette yet"
    assert f"No recording of this request: {CASSETTE} does not exist." in str(failure.text)


@pytest.mark.parametrize("test", ["test_it", "TestMore::test_it"])
def test_the_message_is_the_same_under_xdist(project: Project, test: str) -> None:
    project.write("""
        def test_it(llm):
            llm.ask("Hi")

        class TestMore:
            def test_it(self, llm):
                llm.ask("Ho")
    """)

    result = project.run("-n", "2", "-v", f"test_it.py::{test}")

    name = test.replace("::", ".")
    assert message_of(result)[0].startswith(
        f"No recording of this request: __llm__/test_it/{name}.cassette.json does not exist."
    )
    assert told(result) == f"UNRECORDED test_it.py::{test} - no cassette yet"
    assert section(result) == [
        f'1 test lacks a recording. Record it: pytest --llm-record=once "test_it.py::{test}"',
    ]
    result.stdout.fnmatch_lines([f"*UNRECORDED*test_it.py::{test}*"])


def test_each_of_two_misses_tells_its_own_story(project: Project) -> None:
    project.write("""
        import pytest

        @pytest.fixture
        def goodbye(llm):
            yield
            llm.ask("Bye", temperature=0)

        def test_it(llm, goodbye):
            llm.ask("Hi", temperature=0)
    """)
    project.record()
    source = project.path / "test_it.py"
    source.write_text(source.read_text().replace('"Bye"', '"Bye bye"').replace('"Hi"', '"Hello"'), encoding="utf-8")

    result = project.run()

    assert [line for line in result.outlines if line.startswith("UNRECORDED ")] == [
        "UNRECORDED test_it.py::test_it - prompt, message 1 (user): Hi → Hello",
        "UNRECORDED test_it.py::test_it - prompt, message 1 (user): Bye → Bye bye",
    ]
    assert len(errors(result)) > 1
