"""No secret reaches a file, a report or the terminal, wherever it stood; replay still matches without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .project import Project
from .server import Answer, Call, Provider

CANARIES = {
    "key": "sk-proj-Cq9v3JmT7xWb2LpZ8RkD",
    "other_key": "sk-proj-Hs4n8YtQ1eGf6VcX5MjA",
    "service": "t7Qk-canary-service-92bXz",
    "query": "AIzaSyD4nR8kLm2QpXv6Tz9WcB3HfJ7yUe5Ns",
    "body": "gsk_mV8bX2cN5qW7eR9tY3uI6oP1",
    "cookie": "c00kie-7fk2Lq9Zx4Vb8Nm1",
    "header": "hdr-5Tg7Yh9Uj2Ik4Ol6Pq8",
    "organization": "org-Zx8Cv7Bn6Mq5Lk4Jh3Gf2Ds1",
}
APP = """
    import json
    import logging
    import os
    from pathlib import Path

    import openai

    logging.basicConfig(level=logging.DEBUG)

    def secrets():
        return json.loads(Path(os.environ["CANARIES_FILE"]).read_text())

    def client(url):
        found = secrets()
        return openai.OpenAI(
            base_url=url,
            default_headers={"X-Api-Key": found["header"], "Cookie": "session=" + found["cookie"]},
            default_query={"key": found["query"]},
            organization=found["organization"],
            max_retries=0,
        )

    def ask(client, text, **params):
        content = f"{text} My key is {secrets()['body']}, the service wants {os.environ['SERVICE_TOKEN']}."
        messages = [{"role": "user", "content": content}]
        extra = {"metadata": {"api_key": secrets()["header"]}}
        return client.chat.completions.create(model="gpt-4o-mini", messages=messages, extra_body=extra, **params)
"""
TEST = """
    from app import ask, client

    def test_it(llm_cassette):
        sdk = client({url!r})
        answer = ask(sdk, "Hello.").choices[0].message.content
        pieces = [event.choices[0].delta.content for event in ask(sdk, "Slowly.", stream=True) if event.choices]
        print("answered:", answer, "".join(filter(None, pieces)))
        assert {claim}
"""


@pytest.fixture
def canaries(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the secrets into the environment and a file outside the project."""
    path = tmp_path_factory.mktemp("canaries") / "canaries.json"
    path.write_text(json.dumps(CANARIES), encoding="utf-8")
    monkeypatch.setenv("CANARIES_FILE", str(path))
    monkeypatch.setenv("OPENAI_API_KEY", CANARIES["key"])
    monkeypatch.setenv("SERVICE_TOKEN", CANARIES["service"])
    return path


def echo(call: Call) -> Answer:
    """Answer with every secret of the request, in the text, over several deltas, and in the headers."""
    said = " and ".join(CANARIES[name] for name in ("key", "service", "query", "body"))
    headers = {
        "set-cookie": f"session={CANARIES['cookie']}; Path=/",
        "openai-organization": CANARIES["organization"],
        "x-echo": CANARIES["key"],
    }
    return Answer(f"You sent {said}.", headers=headers, pieces=[said[i : i + 7] for i in range(0, len(said), 7)])


def held(project: Project, *results: pytest.RunResult) -> list[str]:
    """Return the secrets that a file of the project or the terminal holds, each with where it stands."""
    texts = {path.relative_to(project.path).as_posix(): path for path in project.path.rglob("*") if path.is_file()}
    contents = {name: path.read_bytes().decode("utf-8", "replace") for name, path in texts.items()}
    for number, result in enumerate(results, 1):
        contents[f"output of run {number}"] = result.stdout.str() + result.stderr.str()
    return [f"{name} in {where}" for where, text in contents.items() for name, one in CANARIES.items() if one in text]


LOUD = ("-vv", "--showlocals", "-rA", "--log-level=DEBUG", "--junitxml=report.xml", "-o", "junit_logging=all")


@pytest.mark.parametrize("claim", ["answer", "not answer", "sdk is None"])
@pytest.mark.usefixtures("canaries")
def test_no_secret_is_written_down(project: Project, provider: Provider, claim: str) -> None:
    provider.reply = echo
    project.write(APP, "app.py")
    project.write(TEST.format(url=provider.url, claim=claim))

    recorded = project.run("--llm-record=once", *LOUD)
    replayed = project.run(*LOUD)

    assert len(provider.calls) == 2
    assert provider.calls[0].headers["authorization"] == f"Bearer {CANARIES['key']}"
    assert CANARIES["query"] in provider.calls[0].path
    assert project.cassette().exists()
    assert held(project, recorded, replayed) == []


@pytest.mark.usefixtures("canaries")
def test_no_secret_is_in_the_explanation_of_a_miss(project: Project, provider: Provider) -> None:
    provider.reply = echo
    project.write(APP, "app.py")
    project.write(TEST.format(url=provider.url, claim="answer"))
    project.record()
    project.write(TEST.format(url=provider.url, claim="answer").replace("Hello.", "Good morning."))

    missed = project.run(*LOUD)
    once = project.run("--llm-record=once", "--tb=native", *LOUD)

    assert "No recording of this request" in missed.stdout.str()
    assert held(project, missed, once) == []


@pytest.mark.usefixtures("canaries")
def test_no_secret_is_in_a_journal_left_by_a_crash(project: Project, provider: Provider) -> None:
    provider.reply = echo
    project.write(APP, "app.py")
    project.write(
        "import os\n"
        + "".join(f"{line[4:]}\n" for line in TEST.format(url=provider.url, claim="os._exit(3)").splitlines())
    )

    result = project.run("--llm-record=once", subprocess=True)

    assert [name for name in project.files if name.endswith(".journal")] != []
    assert held(project, result) == []


@pytest.mark.parametrize("key", [CANARIES["other_key"], None], ids=["another key", "no key"])
@pytest.mark.usefixtures("canaries")
def test_replay_matches_with(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    provider.reply = echo
    project.write(APP, "app.py")
    project.write(TEST.format(url=provider.url, claim="answer"))
    project.record()
    if key is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", key)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 2


def test_a_value_that_was_secret_when_it_was_recorded_matches_when_it_no_longer_is(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", CANARIES["service"])
    project.write(f"def test_it(llm):\n    assert llm.ask('It wants ' + '{CANARIES['service']}').text\n")
    project.record()
    monkeypatch.delenv("SERVICE_TOKEN")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert CANARIES["service"] not in project.cassette().read_text("utf-8")


EMAIL = """
    from pytest_llm import Redaction

    def pytest_llm_redactions(config):
        return [Redaction(r"[\\w.]+@[\\w.]+", "somebody@example.org")]
"""


def test_a_redaction_of_the_user_holds_in_files_and_output_and_replay_still_matches(
    project: Project, provider: Provider
) -> None:
    provider.reply = lambda call: Answer(f"I wrote to {call.text.split()[-1]}")
    project.write(EMAIL, "conftest.py")
    source = """
        import sys

        def test_it(llm):
            answer = llm.ask("Write to " + {who!r})
            print("said:", answer.text)
            assert "@" in answer.text
    """
    project.write(source.format(who="mara.lind@corp.test"))
    recorded = project.record("-rA")
    project.write(source.format(who="somebody.else@corp.test"))

    replayed = project.run("-rA")

    replayed.assert_outcomes(passed=1)
    assert provider.asked == ["Write to mara.lind@corp.test"]
    assert "mara.lind" not in recorded.stdout.str() + replayed.stdout.str() + project.cassette().read_text("utf-8")
    assert project.answers() == ["I wrote to somebody@example.org"]


def test_a_redaction_that_cannot_be_used_is_told(project: Project) -> None:
    project.write(
        """
        from pytest_llm import Redaction

        def pytest_llm_redactions(config):
            return [Redaction("(")]
        """,
        "conftest.py",
    )
    project.write("def test_it(llm):\n    pass\n")

    result = project.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Redaction(pattern='(', *) is not a usable redaction: *"])
