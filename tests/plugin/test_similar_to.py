"""``similar_to`` in a project: scores are recorded, replay needs no embedder, and a changed text is not guessed at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .project import Project

EMBEDDER = """
    from collections import Counter
    from pathlib import Path
    from zlib import crc32

    class Words:
        window = 30

        def embed(self, texts):
            with Path(__file__).with_name("embedded.txt").open("a") as file:
                file.writelines(f"{text}\\n" for text in texts)
            return [self.row(text) for text in texts]

        def row(self, text):
            row = [0.0] * 1024
            for word, count in Counter(text.lower().strip(".").split()).items():
                row[crc32(word.encode()) % 1024] += count
            return row

        def tokens(self, text):
            return len(text.split())

    def pytest_llm_embedder(config, name):
        return Words() if name == "words:small" else None
"""
TEST = """
    from pytest_llm import similar_to

    def test_it():
        assert "the red house stands quietly" == similar_to("the red house stands nicely", threshold=0.7)
"""
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
MISSING = 'pip install "pytest-llm-regression[semantic]"'


@pytest.fixture
def embedding(project: Project) -> Project:
    """Give a project that has an embedder of its own."""
    project.write(EMBEDDER, "conftest.py")
    project.ini(llm_embedder="words:small")
    return project


def forget(project: Project) -> None:
    """Take the embedder out of the project, as it is out of a replaying CI."""
    project.write(
        """
        from pytest_llm.errors import MissingExtraError

        class Absent:
            def embed(self, texts):
                raise MissingExtraError('The embedder words:small needs words: pip install words')

        def pytest_llm_embedder(config, name):
            return Absent()
        """,
        "conftest.py",
    )


def embedded(project: Project) -> list[str]:
    """Return the texts that were embedded so far."""
    path = project.path / "embedded.txt"
    return path.read_text().splitlines() if path.exists() else []


def scores(project: Project, test: str = "test_it") -> list[dict[str, Any]]:
    """Return the scores in a cassette."""
    found: list[dict[str, Any]] = json.loads(project.cassette(test).read_text("utf-8"))["scores"]
    return found


def explained(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failure's explanation."""
    return [line[8:] for line in result.stdout.lines if line.startswith("E  ")]


def section(result: pytest.RunResult) -> list[str]:
    """Return the lines of our section of the summary."""
    lines = [line.rstrip() for line in result.stdout.lines]
    start = next((index for index, line in enumerate(lines) if line.strip("-") == " llm "), None)
    if start is None:
        return []
    return [line for line in lines[start + 1 :] if line and not line.startswith(("=", "FAILED"))]


@WORKERS
def test_a_score_is_recorded_and_replayed_without_an_embedder(embedding: Project, workers: tuple[str, ...]) -> None:
    embedding.write(TEST)
    recorded = embedding.record(*workers)
    forget(embedding)
    replayed = embedding.run(*workers)

    assert section(recorded) == ["1 score of texts recorded (2 texts embedded)."]
    replayed.assert_outcomes(passed=1)
    assert section(replayed) == []
    assert embedding.cassette().read_text() == (
        "{\n"
        '  "interactions": [],\n'
        '  "scores": [\n'
        '    {"differs": {}, "embedder": "words:small", "score": 0.8, "test": "test_it", '
        '"texts": ["5b9dca8b2b80935d", "606f53a08d9b0e22"]}\n'
        "  ],\n"
        '  "version": 1\n'
        "}\n"
    )


def test_replay_computes_what_is_not_recorded_writes_nothing_and_says_so(embedding: Project) -> None:
    embedding.write(TEST)
    result = embedding.run()

    result.assert_outcomes(passed=1)
    assert embedding.files == []
    assert section(result) == [
        "1 score of texts computed and not recorded: where no embedder is installed 1 test cannot pass. "
        'Record them: pytest --llm-record=missing "test_it.py::test_it"'
    ]


CHANGES = {
    "answer": ("quietly", "The answer has changed; the reference is as it was recorded."),
    "reference": ("nicely", "The reference has changed, or is new; the answer is as it was recorded."),
    "both": ("house", "Both texts are new."),
}


@WORKERS
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_text_is_unrecorded_where_there_is_no_embedder(
    embedding: Project, change: str, workers: tuple[str, ...]
) -> None:
    embedding.write(TEST)
    embedding.record()
    forget(embedding)
    word, said = CHANGES[change]
    embedding.write(TEST.replace(word, "other"))
    result = embedding.run("-rf", *workers)

    result.assert_outcomes(failed=1)
    assert explained(result) == [
        "pytest_llm.errors.CassetteMissError: No recorded similarity of these texts in "
        f"__llm__/test_it/test_it.cassette.json (1 score). {said}",
        "It cannot be computed here: The embedder words:small needs words: pip install words",
        'Record it where it can: pytest --llm-record=missing "test_it.py::test_it"',
    ]
    result.stdout.fnmatch_lines(
        [
            "UNRECORDED test_it.py::test_it - No recorded similarity of these texts in "
            f"__llm__/test_it/test_it.cassette.json (1 score). {said}"
        ]
    )


@WORKERS
def test_each_distinct_text_is_embedded_once(embedding: Project, workers: tuple[str, ...]) -> None:
    embedding.write(
        """
        import pytest
        from pytest_llm import similar_to

        KNOWN = similar_to("a red house stands here", threshold=0.1)
        CASES = [similar_to(f"a red house stands here in {city}", threshold=0.1) for city in ("Oslo", "Rome")]

        def test_it():
            assert "a red house" == KNOWN
            assert "a red house" == similar_to(["a red house stands here", "a house"], threshold=0.1)
            assert all("a red house" == case for case in CASES)
        """
    )
    embedding.record(*workers)

    assert embedded(embedding) == [
        "a red house",
        "a red house stands here",
        "a red house stands here in Oslo",
        "a red house stands here in Rome",
        "a house",
    ]


def test_a_passing_test_keeps_only_the_scores_it_uses(embedding: Project) -> None:
    embedding.write(TEST)
    embedding.record()
    embedding.write(TEST.replace("quietly", "quietly now"))
    embedding.record(mode="missing")

    assert [score["score"] for score in scores(embedding)] == [0.7302967]


def test_recording_anew_changes_nothing_when_the_scores_are_the_same(embedding: Project) -> None:
    embedding.write(TEST)
    embedding.record()
    before = embedding.cassette().stat().st_mtime_ns
    embedding.record(mode="all")

    assert embedding.cassette().stat().st_mtime_ns == before


def test_scores_and_interactions_share_the_cassette(embedding: Project) -> None:
    embedding.write(
        """
        from pytest_llm import similar_to

        def test_it(llm):
            assert llm.ask("Say hello.") == similar_to("Answer 1 to: Say hello.", threshold=0.2)
        """
    )
    embedding.record()
    forget(embedding)
    result = embedding.run()

    result.assert_outcomes(passed=1)
    assert (len(embedding.interactions()), len(scores(embedding))) == (1, 1)


def test_a_test_may_clear_the_environment(embedding: Project) -> None:
    embedding.write(
        """
        import os
        from unittest import mock
        from pytest_llm import similar_to

        def test_first():
            assert "a red house" == similar_to("a red house", threshold=0.5)

        def test_it():
            with mock.patch.dict(os.environ, clear=True):
                assert "a red house" == similar_to("a house", threshold=0.5)
        """
    )
    embedding.record()
    forget(embedding)

    embedding.run().assert_outcomes(passed=2)
    assert [score["test"] for score in scores(embedding)] == ["test_it"]


def test_each_set_of_parameters_has_its_scores(embedding: Project) -> None:
    embedding.write(
        """
        import pytest
        from pytest_llm import similar_to

        @pytest.mark.parametrize("city", ["Oslo", "Rome"])
        def test_it(city):
            assert f"{city} is a city" == similar_to("Oslo is a city", threshold=0.5, guards=())
        """
    )
    embedding.record("-k", "Oslo")
    embedding.record("-k", "Rome")
    forget(embedding)
    result = embedding.run()

    result.assert_outcomes(passed=2)
    assert [score["test"] for score in scores(embedding)] == ["test_it[Oslo]", "test_it[Rome]"]


def test_a_failure_shows_the_score_and_both_texts(embedding: Project) -> None:
    embedding.write(TEST.replace("0.7", "0.9"))
    result = embedding.run()

    assert explained(result) == [
        "assert similarity 0.80 >= 0.90  (small)",
        "  - the red house stands nicely",
        "  + the red house stands quietly",
    ]


def test_a_text_beyond_the_window_is_said_to_be_cut(embedding: Project) -> None:
    embedding.write(
        """
        from pytest_llm import similar_to

        def test_it():
            assert "word " * 40 == similar_to("nothing", threshold=0.5)
        """
    )
    embedding.run("--llm-record=once")
    forget(embedding)
    result = embedding.run()

    assert explained(result)[0] == "assert similarity 0.00 >= 0.50  (small, which read 30 of 40 tokens)"


def test_a_wrong_embedder_is_named(project: Project) -> None:
    project.write(TEST)
    project.ini(llm_embedder="words:small")
    result = project.run()

    assert explained(result)[0] == (
        "pytest_llm.errors.ConfigurationError: --llm-embedder=words:small is of no known kind. Valid kinds: "
        "sentence-transformers, onnx, model2vec, openai; others are given by the hook pytest_llm_embedder."
    )


def test_an_api_embedder_is_recorded_as_calls(project: Project) -> None:
    project.write(
        """
        from pytest_llm import similar_to

        def test_it(llm_cassette):
            assert "the red house" == similar_to(["the red house", "a boat"], threshold=0.5)
            assert len(llm_cassette) == 1
        """
    )
    project.ini(llm_embedder="openai:text-embedding-3-small")
    project.record()
    replayed = project.run()

    replayed.assert_outcomes(passed=1)
    assert [entry["request"]["input"] for entry in project.interactions()] == [["the red house", "a boat"]]
    assert "scores" not in json.loads(project.cassette().read_text())


def test_an_api_embedder_needs_a_cassette(project: Project) -> None:
    project.write(TEST)
    project.ini(llm_embedder="openai:text-embedding-3-small")
    result = project.run()

    assert explained(result)[0] == (
        "pytest_llm.errors.ConfigurationError: The embedder openai:text-embedding-3-small calls a model, and this test "
        "has no cassette. Ask for llm_cassette, or mark the test: @pytest.mark.llm"
    )


INFERENCE = """
    def pytest_llm_inference(config):
        def infer(premise, hypothesis):
            with open("asked.txt", "a") as file:
                file.write("asked\\n")
            return "contradiction" if "cold" in hypothesis else "entailment"
        return infer
"""


def test_an_inference_model_is_asked_once_and_its_answer_recorded(embedding: Project) -> None:
    embedding.write(EMBEDDER + INFERENCE, "conftest.py")
    embedding.write(
        """
        from pytest_llm import similar_to

        def test_it():
            assert "the soup was cold" == similar_to("the soup was warm", threshold=0.5)
        """
    )
    first = embedding.run("--llm-record=once")
    second = embedding.run()

    assert explained(first)[0] == "assert similarity 0.75 >= 0.50, but the inference model reads a contradiction"
    assert explained(second) == explained(first)
    assert Path("asked.txt").read_text() == "asked\n"


def test_the_embedder_is_a_fixture_whose_scores_are_recorded(embedding: Project) -> None:
    embedding.write(
        """
        def test_it(llm_embedder):
            assert repr(llm_embedder) == "<llm_embedder words:small>"
            assert round(llm_embedder.similarity("a red house", "a house"), 2) == 0.82
        """
    )
    embedding.record()
    forget(embedding)

    embedding.run().assert_outcomes(passed=1)


def test_the_vectors_of_the_embedder_need_it(embedding: Project) -> None:
    embedding.write(
        """
        def test_it(llm_embedder):
            assert sum(llm_embedder.embed(["a red house"])[0]) == 3
        """
    )
    embedding.run().assert_outcomes(passed=1)
    forget(embedding)
    result = embedding.run()

    assert explained(result) == [
        "pytest_llm.errors.MissingExtraError: The embedder words:small needs words: pip install words"
    ]


@pytest.mark.parametrize("fixture", ["", "llm_cassette"], ids=["a plain test", "a test with a cassette"])
def test_no_secret_reaches_the_scores_and_the_texts_that_hold_one_are_found_again(
    embedding: Project, monkeypatch: pytest.MonkeyPatch, fixture: str
) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "kanarienvogel-93c1f7e2")
    embedding.write(
        f"""
        import os
        from pytest_llm import similar_to

        def test_it({fixture}):
            key = os.environ["SHOP_API_KEY"]
            assert "Write to bob@shop.com now." != similar_to(f"Write to {{key}}@shop.com now.", threshold=0.1)
            assert f"The key is {{key}}." == similar_to("The key is here.", threshold=0.1)
        """
    )
    embedding.record()
    forget(embedding)

    embedding.run().assert_outcomes(passed=1)
    assert sorted(one["differs"].get("entities", "") for one in scores(embedding)) == [
        "",
        "the entities differ: [REDACTED]@shop.com -> bob@shop.com",
    ]
    assert "kanarienvogel" not in embedding.cassette().read_text()
