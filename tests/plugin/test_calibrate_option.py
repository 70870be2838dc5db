"""``--llm-calibrate``: the scores of the suite, the margins, and thresholds that separate nothing."""

from __future__ import annotations

import pytest

from .project import Project
from .test_similar_to import EMBEDDER, WORKERS, forget, section

SUITE = """
    import pytest
    from pytest_llm import similar_to

    @pytest.mark.parametrize("colour", ["red", "grey"])
    def test_house(colour):
        assert f"the {colour} house stands quietly" == similar_to(f"the {colour} house stands", threshold=0.8)

    def test_boat():
        assert "a blue boat" == similar_to("a blue boat sails", threshold=0.7)

    def test_loose():
        assert "the boat sails" == similar_to("a boat sails", threshold=0.5)

    def test_lost():
        assert "the house stands" == similar_to("the red house", threshold=0.5)
"""


@pytest.fixture
def embedding(project: Project) -> Project:
    """Give a project that has an embedder of its own."""
    project.write(EMBEDDER, "conftest.py")
    project.ini(llm_embedder="words:small")
    return project


@WORKERS
def test_each_threshold_is_told_with_its_margin_and_what_it_would_accept(
    embedding: Project, workers: tuple[str, ...]
) -> None:
    embedding.write(SUITE)
    embedding.record()
    result = embedding.run("--llm-calibrate", *workers)

    assert section(result) == [
        "Similarity thresholds (words:small). The margin is from the threshold to the nearest score of its own "
        "answers; other answers are those of tests that expect something else.",
        "  test_it.py:7  threshold 0.80, 2 scores 0.89, margin +0.09, other answers up to 0.87",
        "    separates nothing: it would accept the answer of test_it.py::test_lost; 0.88 lies midway",
        "  test_it.py:10  threshold 0.70, 1 score 0.87, margin +0.17, other answers up to 0.67",
        "  test_it.py:13  threshold 0.50, 1 score 0.77, margin +0.27, other answers up to 0.67",
        "    separates nothing: it would accept the answer of test_it.py::test_boat; 0.72 lies midway",
        "  test_it.py:16  threshold 0.50, 1 score 0.67, margin +0.17, other answers up to 0.77",
        "    separates nothing, and no threshold would: the answer of test_it.py::test_house[red] scores 0.77",
    ]


def test_one_threshold_alone_has_nothing_to_be_compared_with(embedding: Project) -> None:
    embedding.write(SUITE)
    embedding.record()
    result = embedding.run("--llm-calibrate", "-k", "boat")

    assert section(result)[1:] == [
        "  test_it.py:10  threshold 0.70, 1 score 0.87, margin +0.17, no other answer to compare with"
    ]


def test_what_is_expected_to_differ_is_told_so_and_a_failure_counts_once(embedding: Project) -> None:
    embedding.write(
        """
        from pytest_llm import similar_to

        def test_other():
            assert "a red boat" == ~similar_to("the house stands quietly", threshold=0.5)

        def test_fails():
            assert {"a": "a red boat"} == {"a": similar_to("a red house", threshold=0.9)}
        """
    )
    result = embedding.run("--llm-calibrate")

    result.assert_outcomes(passed=1, failed=1)
    assert [line for line in section(result) if line.startswith("  ")] == [
        "  test_it.py:5  threshold 0.50, 1 score 0.00, expected below: margin +0.50",
        "  test_it.py:8  threshold 0.90, 1 score 0.67, margin -0.23, no other answer to compare with",
    ]


def test_without_an_embedder_it_says_so(embedding: Project) -> None:
    embedding.write(SUITE)
    embedding.record()
    forget(embedding)
    result = embedding.run("--llm-calibrate")

    result.assert_outcomes(passed=5)
    assert section(result) == [
        "--llm-calibrate cannot compare the answers of the suite with each other: "
        "The embedder words:small needs words: pip install words"
    ]


def test_a_suite_without_thresholds_is_told_so(project: Project) -> None:
    project.write("def test_it():\n    pass\n")
    result = project.run("--llm-calibrate")

    assert section(result) == ["--llm-calibrate found no similar_to in the tests that ran."]
