"""``llm_snapshot``: accepted answers, why one no longer holds, and the review."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .project import Project, section
from .server import Answer, Provider

ONE = """
    def test_it(llm, llm_snapshot):
        assert llm.ask("Name a city.", temperature=0) == llm_snapshot
"""
NODE = '"test_it.py::test_it"'
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


def explained(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failure's explanation."""
    return [line[8:].removeprefix("AssertionError: ") for line in result.stdout.lines if line.startswith("E  ")]


def review(project: Project, *options: str, ret: int = 0) -> list[str]:
    """Return what a review says."""
    result = project.run("-q", *options)
    assert result.ret == ret
    return [line for line in result.stdout.lines if line and "deselected" not in line and "no tests" not in line]


def accepted(project: Project, provider: Provider, text: str = "Paris\n\nis one.") -> Path:
    """Record an answer and accept it."""
    provider.always(text)
    project.run("--llm-record=once")
    project.run("--llm-accept")
    return project.path / "__llm__/test_it/test_it.snap.md"


@WORKERS
def test_a_first_answer_waits_is_listed_accepted_and_holds(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    provider.always("Paris\n\nis one.")
    project.write(ONE)
    first = project.run("--llm-record=once", *workers)

    first.assert_outcomes(failed=1)
    assert explained(first) == [
        "assert response == llm_snapshot  (there is none yet)",
        "  + Paris",
        "  + ",
        "  + is one.",
    ]
    assert section(first)[-3:] == [
        "1 answer not accepted:",
        "  1 x there is none yet",
        f"Review: pytest-llm review {NODE}  Accept all: pytest --llm-accept {NODE}",
    ]
    assert review(project, "--llm-pending") == [
        "1 answer waiting for review:",
        "  test_it.py::test_it: there is none yet  (__llm__/test_it/test_it.pending.md)",
    ]
    assert review(project, "--llm-accept") == ["accepted __llm__/test_it/test_it.snap.md  (there is none yet)"]

    path = project.path / "__llm__/test_it/test_it.snap.md"
    before = path.read_bytes()
    project.run(*workers).assert_outcomes(passed=1)

    assert path.read_bytes() == before
    assert project.files == ["__llm__/test_it/test_it.cassette.json", "__llm__/test_it/test_it.snap.md"]


def test_a_snapshot_reads_as_prose(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    lines = [
        line for line in path.read_text().splitlines() if not line.startswith(("fingerprint", "parts", "recorded"))
    ]

    assert lines == [
        "---",
        "test: test_it.py::test_it",
        "dialect: openai-chat",
        "model: gpt-4o-mini",
        "served_model: gpt-4o-mini",
        'params: {"temperature": 0}',
        "comparison: exact",
        "version: 1",
        "---",
        "",
        "<!-- prompt: user -->",
        "",
        "Name a city.",
        "",
        "<!-- answer -->",
        "",
        "Paris",
        "",
        "is one.",
    ]


def test_a_changed_prompt_is_the_cause_and_shown_beside_the_answer(project: Project, provider: Provider) -> None:
    project.write(ONE)
    accepted(project, provider)
    provider.always("London\n\nis one.")
    project.write(ONE.replace("a city", "a big city"))
    result = project.run("--llm-record=missing")

    assert explained(result) == [
        "assert response == llm_snapshot  (the prompt changed)",
        "  prompt, message 1 (user): Name a {+big+} city.",
        "  - Paris",
        "  + London",
    ]


def test_only_the_output_changed(project: Project, provider: Provider) -> None:
    project.write(ONE)
    accepted(project, provider)
    provider.always("London\n\nis one.")
    result = project.run("--llm-record=all")

    assert explained(result) == [
        "assert response == llm_snapshot  (only the output changed: the request and the model are the same)",
        "  - Paris",
        "  + London",
    ]


def test_in_ci_nothing_is_written_and_the_failure_is_complete(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(ONE)
    accepted(project, provider)
    path = project.path / "__llm__/test_it/test_it.snap.md"
    path.write_text(path.read_text().replace("Paris", "Rome"))
    monkeypatch.setenv("CI", "true")
    files = project.files
    result = project.run()

    result.assert_outcomes(failed=1)
    assert explained(result)[1:] == ["  - Rome", "  + Paris"]
    assert project.files == files


def test_what_is_rejected_is_gone_and_the_accepted_answer_stays(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    before = path.read_bytes()
    provider.always("London")
    project.run("--llm-record=all")

    assert review(project, "--llm-reject") == ["rejected __llm__/test_it/test_it.pending.md"]
    assert path.read_bytes() == before
    assert review(project, "--llm-pending") == ["No answer of these tests waits for review."]


def test_what_waits_goes_when_the_answer_matches_again(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    text = path.read_text()
    path.write_text(text.replace("Paris", "Rome"))
    project.run()
    path.write_text(text)
    project.run().assert_outcomes(passed=1)

    assert not path.with_name("test_it.pending.md").exists()


def test_what_was_reviewed_is_not_accepted_over_another_change(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    path.write_text(path.read_text().replace("Paris", "Rome"))
    project.run()
    path.write_text(path.read_text().replace("Rome", "Oslo"))

    assert review(project, "--llm-accept", ret=1) == [
        "__llm__/test_it/test_it.snap.md has changed since __llm__/test_it/test_it.pending.md was made. "
        f"Run the test again: pytest {NODE}"
    ]
    assert "Oslo" in path.read_text()


def test_any_accepted_variant_holds(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    text = path.read_text()
    path.write_text(text.replace("Paris\n\nis one.\n", "Rome\n\n<!-- variant 2 -->\n\nParis\n\nis one.\n"))

    project.run().assert_outcomes(passed=1)


def test_review_is_of_the_tests_that_are_named(project: Project) -> None:
    project.write(
        """
        import pytest

        @pytest.mark.parametrize("city", ["Oslo", "a/b", "Ä" * 300, "oslo"])
        def test_it(city, llm_snapshot):
            assert {"city": city} == llm_snapshot("main one")
            assert city == llm_snapshot

        def test_other(llm_snapshot):
            assert [1, None] == llm_snapshot
        """
    )
    project.run()
    project.run("--llm-accept", "test_it.py::test_it")
    project.run()
    project.run("--llm-accept", "test_it.py::test_it")
    result = project.run()

    result.assert_outcomes(passed=4, failed=1)
    names = [Path(name).name for name in project.files if name.endswith(".snap.md")]
    assert len(names) == len({name.lower() for name in names}) == 8
    assert max(map(len, names)) < 150
    assert review(project, "--llm-pending") == [
        "1 answer waiting for review:",
        "  test_it.py::test_other: there is none yet  (__llm__/test_it/test_other.pending.md)",
    ]


def test_masks_may_differ(project: Project) -> None:
    project.write(
        r"""
        import itertools, pathlib

        def test_it(llm_snapshot):
            run = len(pathlib.Path("runs").read_text()) if pathlib.Path("runs").exists() else 0
            pathlib.Path("runs").write_text("x" * (run + 1))
            assert f"Run {run} of 9" == llm_snapshot("text").mask(r"Run \d+", "Run <n>")
            assert {"items": [{"id": run, "name": "a"}]} == llm_snapshot("data").mask("$.items[*].id")
        """
    )
    for _ in range(2):
        project.run()
        project.run("--llm-accept")

    project.run().assert_outcomes(passed=1)
    assert "Run <n> of 9" in (project.path / "__llm__/test_it/test_it.text.snap.md").read_text()


def test_a_function_or_a_schema_may_compare(project: Project) -> None:
    project.write(
        """
        from pathlib import Path

        def same_length(accepted, now):
            return len(accepted) == len(now)

        def test_it(llm_snapshot):
            text = Path("text").read_text()
            assert text == llm_snapshot("by", by=same_length)
            assert {"text": text} == llm_snapshot("schema", schema={"required": ["text"]})
        """
    )
    project.path.joinpath("text").write_text("abc")
    for _ in range(2):
        project.run()
        project.run("--llm-accept")
    project.path.joinpath("text").write_text("xyz")
    same = project.run()
    project.path.joinpath("text").write_text("wxyz")
    other = project.run()

    same.assert_outcomes(passed=1)
    assert explained(other)[0] == (
        "assert value == llm_snapshot('by', by=same_length)  (by same_length; only the output changed)"
    )


DAMAGES = {
    "conflict": (
        lambda text: "<<<<<<< ours\n" + text + ">>>>>>> theirs\n",
        "{path} holds a merge conflict at line 1. Take either side: git checkout --ours {path}, or --theirs",
    ),
    "cut": (
        lambda text: text[: text.index("<!-- answer")],
        "{path} is cut short: it holds no answer. Restore it: git checkout -- {path}",
    ),
    "no front matter": (
        lambda text: text[4:],
        "{path} has no front matter between two lines of '---'. Restore it: git checkout -- {path}",
    ),
    "newer": (
        lambda text: text.replace("version: 1", "version: 9"),
        "{path} has format version 9, and this pytest-llm-regression reads 1. "
        "Upgrade it: pip install --upgrade pytest-llm-regression",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_an_error_that_says_what_helps(project: Project, provider: Provider, damage: str) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    change, message = DAMAGES[damage]
    path.write_text(change(path.read_text()))
    result = project.run()

    assert explained(result) == [
        "pytest_llm.errors.SnapshotError: " + message.format(path="__llm__/test_it/test_it.snap.md")
    ]


def test_a_review_needs_no_workers_though_the_ini_file_asks_for_them(project: Project) -> None:
    project.ini(addopts="-n 2")
    project.write("def test_it(llm_snapshot):\n    assert 'a' == llm_snapshot\n")
    project.run()

    assert review(project, "--llm-accept") == ["accepted __llm__/test_it/test_it.snap.md  (there is none yet)"]
    project.run().assert_outcomes(passed=1)


def test_two_reviews_at_once_are_a_usage_error(project: Project) -> None:
    project.write(ONE)
    result = project.run("--llm-accept", "--llm-reject")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines == ["ERROR: --llm-accept and --llm-reject exclude each other.", ""]


def test_a_snapshot_that_is_never_compared_fails_the_test(project: Project) -> None:
    project.write("def test_it(llm_snapshot):\n    pass\n")
    result = project.run()

    assert "llm_snapshot was never compared. Did you mean: assert response == llm_snapshot?" in result.stdout.lines


def test_no_secret_reaches_a_snapshot(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "kanarienvogel-93c1f7e2")
    project.write(
        """
        import os

        def test_it(llm_snapshot):
            assert {"key": os.environ["SHOP_API_KEY"]} == llm_snapshot
        """
    )
    first = project.run()
    project.run("--llm-accept")
    second = project.run()

    second.assert_outcomes(passed=1)
    assert "kanarienvogel" not in first.stdout.str()
    assert all("kanarienvogel" not in project.path.joinpath(name).read_text() for name in project.files)


@WORKERS
def test_the_causes_are_counted_and_what_may_be_accepted_is_named(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    suite = """
        import pytest

        @pytest.mark.parametrize("city", ["Oslo", "Rome", "Bern", "Riga"])
        def test_it(llm, llm_snapshot, city):
            assert llm.ask(f"{WORD} {city}.") == llm_snapshot
    """
    project.write(suite.replace("{WORD}", "Describe"))
    project.run("--llm-record=once")
    project.run("--llm-accept")
    provider.always("Another answer.")
    project.write(suite.replace("{WORD}", "Praise"))
    result = project.run("--llm-record=missing", *workers)

    result.assert_outcomes(failed=4)
    assert section(result)[-3:] == [
        "4 answers not accepted:",
        "  4 x the prompt changed",
        "Review: pytest-llm review  Accept all: pytest --llm-accept",
    ]


def test_a_model_that_answers_under_the_same_name_is_the_cause(project: Project, provider: Provider) -> None:
    project.write(ONE)
    accepted(project, provider)
    cassette = project.cassette()
    document = json.loads(cassette.read_text())
    answer = document["interactions"][0]["response"]
    answer["model"] = "gpt-4o-mini-2026-10-01"
    answer["choices"][0]["message"]["content"] = "London"
    cassette.write_text(json.dumps(document))
    result = project.run()

    assert explained(result) == [
        "assert response == llm_snapshot  (the served model changed (gpt-4o-mini → gpt-4o-mini-2026-10-01), "
        "the prompt did not)",
        "  - Paris",
        "  + London",
        "  - ",
        "  - is one.",
    ]


def test_a_sample_is_compared_draw_by_draw_in_any_order(project: Project, provider: Provider) -> None:
    project.write(
        """
        def test_it(llm, llm_snapshot):
            assert llm.sample("Name a city.", trials=3) == llm_snapshot
        """
    )
    answers = iter(["Paris is a city.", "Paris is one city.", "Paris is a city."])
    provider.reply = lambda call: Answer(next(answers))
    project.run("--llm-record=once", "--llm-concurrency=1")
    project.run("--llm-accept")
    holds = project.run()
    answers = iter(["Paris is one city.", "I prefer not to say it.", "Paris is one city."])
    differs = project.run("--llm-record=all", "--llm-concurrency=1")

    holds.assert_outcomes(passed=1)
    assert "draws: 3" in (project.path / "__llm__/test_it/test_it.snap.md").read_text().splitlines()
    assert explained(differs) == [
        "assert sample == llm_snapshot  (1 of 3 draws is not accepted; "
        "only the output changed: the request and the model are the same)",
        "  the accepted draws differ among themselves by up to 0.12; draw 2 by up to 0.61",
        "  - Paris is a city.",
        "  + I prefer not to say it.",
    ]


def test_the_tools_are_compared_by_name_where_the_old_request_is_recorded(project: Project, provider: Provider) -> None:
    suite = """
        def search(city: str): "Find."
        def book(city: str): "Book."

        def test_it(llm, llm_snapshot):
            assert llm.ask("Name a city.", tools=TOOLS) == llm_snapshot
    """
    project.write(suite.replace("TOOLS", "[search, book]"))
    accepted(project, provider)
    provider.always("London")
    project.write(suite.replace("TOOLS", "[book, search]"))
    order = project.run("--llm-record=missing")
    project.write(suite.replace("TOOLS", "[search]"))
    gone = project.run("--llm-record=missing")

    lines = ["  - Paris", "  + London", "  - ", "  - is one."]
    assert explained(order) == [
        "assert response == llm_snapshot  (the tools changed, the prompt did not)",
        "  tools, order: search, book → book, search",
        *lines,
    ]
    assert explained(gone) == [
        "assert response == llm_snapshot  (the tools changed, the prompt did not)",
        "  tools, tool `book`: is gone",
        *lines,
    ]


def test_a_snapshot_that_holds_while_recording_takes_its_new_origin(project: Project, provider: Provider) -> None:
    project.write(ONE)
    path = accepted(project, provider)
    before = path.read_text()
    project.write(ONE.replace("a city", "a big city"))
    project.run("--llm-record=missing").assert_outcomes(passed=1)
    after = path.read_text()
    project.run().assert_outcomes(passed=1)

    assert before.replace("Name a city.", "Name a big city.").splitlines()[-9:] == after.splitlines()[-9:]
    assert [line.partition(":")[0] for line in before.splitlines()] == [
        line.partition(":")[0] for line in after.replace("Name a big city.", "Name a city.").splitlines()
    ]
    assert path.read_text() == after != before


def test_a_score_is_no_comparison(project: Project, provider: Provider) -> None:
    project.write(
        """
        def ratio(accepted, now):
            return 0.3

        def test_it(llm_snapshot):
            assert "a" == llm_snapshot(by=ratio)
        """
    )
    project.run()
    project.run("--llm-accept")

    assert explained(project.run()) == [
        "pytest_llm.errors.ConfigurationError: llm_snapshot(by=ratio) returned 0.3, not whether the text may stand for "
        "the accepted one. Of a score say what is enough: by=lambda accepted, now: ratio(accepted, now) >= 0.9"
    ]


def test_the_whole_difference_is_shown_on_demand(project: Project, provider: Provider) -> None:
    project.write(ONE)
    accepted(project, provider)
    provider.always("Paris\n\nis two.")
    project.write(ONE.replace("a city", "a\\ncity"))
    result = project.run("--llm-record=missing", "-vv")

    assert explained(result) == [
        "assert response == llm_snapshot  (the prompt changed)",
        "  prompt, message 1 (user): Name a[- -]{+\\n+}city.",
        "  - is one.",
        "  + is two.",
        "  prompt, message 1 (user):",
        "    Name a[- -]{+",
        "    +}city.",
        "  --- accepted",
        "  +++ now",
        "  @@ -1,3 +1,3 @@",
        "   Paris",
        "   ",
        "  -is one.",
        "  +is two.",
    ]


TWICE = """
    def test_it(llm_snapshot):
        assert "a" == llm_snapshot{name}
        assert {second!r} == llm_snapshot{name}
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "llm_snapshot: 'a' and 'b'. Name the second one: llm_snapshot(\"name\")."),
        ("('main')", "llm_snapshot('main'): 'a' and 'b'. Name the second one: llm_snapshot(\"main 2\")."),
    ],
)
def test_two_values_under_one_name_are_an_error(project: Project, name: str, said: str) -> None:
    project.write(TWICE.format(name=name, second="a"))
    project.run()
    project.run("--llm-accept")
    same = project.run()
    project.write(TWICE.format(name=name, second="b"))
    result = project.run()

    same.assert_outcomes(passed=1)
    assert explained(result)[-1] == (f"pytest_llm.errors.ConfigurationError: Two values are compared with one {said}")
    assert [file for file in project.files if "pending" in file] == []


def test_two_values_under_one_name_may_both_be_accepted(project: Project) -> None:
    project.write(TWICE.format(name="(by=lambda accepted, now: len(accepted) == len(now))", second="b"))
    project.run()
    project.run("--llm-accept")

    project.run().assert_outcomes(passed=1)


def test_a_value_that_is_compared_anew_to_explain_a_failure_is_one_value(project: Project) -> None:
    project.write("def test_it(llm_snapshot):\n    assert {'a': [1]} == llm_snapshot\n")

    assert explained(project.run())[0] == "assert value == llm_snapshot  (there is none yet)"


@pytest.mark.parametrize("concurrent", [False, True])
def test_the_answers_of_all_trials_wait_together(project: Project, provider: Provider, concurrent: bool) -> None:
    project.write(
        f"""
        import pytest

        @pytest.mark.llm_trials(3, rate=0.1, concurrent={concurrent})
        def test_it(llm, llm_snapshot):
            assert llm.ask("Name a city.") == llm_snapshot
        """
    )
    path = accepted(project, provider, "Paris")
    project.cassette().unlink()
    provider.script = [Answer("Rome"), Answer("Paris"), Answer("Oslo")]
    project.run("--llm-record=once")
    waiting = path.with_name("test_it.pending.md").read_text()
    project.run("--llm-accept")
    replayed = project.run()

    assert sorted(line for line in waiting.splitlines() if line in ("Rome", "Paris", "Oslo")) == [
        "Oslo",
        "Paris",
        "Rome",
    ]
    replayed.assert_outcomes(passed=1)
    assert not [file for file in project.files if "pending" in file]


def test_by_schema_only_the_structure_is_compared_and_the_failure_says_what_does_not_conform(project: Project) -> None:
    project.write(
        """
        from pathlib import Path
        from pydantic import BaseModel

        class City(BaseModel):
            city: str

        def test_it(llm_snapshot):
            assert Path("text").read_text() == llm_snapshot(schema=City)
        """
    )
    text = project.path / "text"
    text.write_text('{"city": "Rome"}')
    project.run()
    project.run("--llm-accept")
    text.write_text('{"city": "Oslo"}')
    project.run().assert_outcomes(passed=1)
    text.write_text('{"city": 1}')

    assert explained(project.run()) == [
        "assert value == llm_snapshot(schema=City)  (1 violation; only the output changed)",
        "  $.city: 1 (number) is not a string; the string '1' would be",
    ]
