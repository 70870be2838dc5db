"""Scores in a cassette: merged, settled, and kept whatever happens to the interactions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.cassettes.folding import set_aside_path
from pytest_llm.cassettes.scores import digest, write_scores
from pytest_llm.cassettes.store import Cassette
from pytest_llm.errors import CassetteError

if TYPE_CHECKING:
    from conftest import Make


def score(first: str, second: str, value: float = 0.5, **more: Any) -> dict[str, Any]:
    """Return a score as it is computed."""
    return {"embedder": "onnx:small", "score": value, "texts": [digest(first), digest(second)], **more}


def kept(path: Path) -> list[tuple[str, str, float]]:
    """Return the test, the first text's hash, and the score of each in the file."""
    return [(one["test"], one["texts"][0], one["score"]) for one in Cassette(path).scores]


def test_a_cassette_of_scores_alone_is_one_line_a_score(path: Path) -> None:
    write_scores(path, {"test_it": [score("a", "b"), score("c", "b", 0.25, cut="3 of 4 tokens", differs={})]}, [])

    assert path.read_text() == (
        "{\n"
        '  "interactions": [],\n'
        '  "scores": [\n'
        '    {"cut": "3 of 4 tokens", "differs": {}, "embedder": "onnx:small", "score": 0.25, "test": "test_it", '
        '"texts": ["2e7d2c03a9507ae2", "3e23e8160039594a"]},\n'
        '    {"embedder": "onnx:small", "score": 0.5, "test": "test_it", '
        '"texts": ["ca978112ca1bbdca", "3e23e8160039594a"]}\n'
        "  ],\n"
        '  "version": 1\n'
        "}\n"
    )


def test_a_complete_test_keeps_only_what_it_used_and_others_keep_theirs(path: Path) -> None:
    for name in ("test_it[1]", "test_it[2]"):
        write_scores(path, {name: [score("a", "b")]}, [])
    write_scores(path, {"test_it[1]": [score("c", "b")], "test_it[2]": [score("c", "b")]}, ["test_it[1]"])

    assert kept(path) == [
        ("test_it[1]", digest("c"), 0.5),
        ("test_it[2]", digest("c"), 0.5),
        ("test_it[2]", digest("a"), 0.5),
    ]


@pytest.mark.parametrize(("again", "expected"), [(0.500004, 0.5), (0.51, 0.51)])
def test_noise_of_the_machine_changes_nothing(path: Path, again: float, expected: float) -> None:
    write_scores(path, {"test_it": [score("a", "b")]}, [])
    write_scores(path, {"test_it": [score("a", "b", again)]}, ["test_it"])

    assert kept(path) == [("test_it", digest("a"), expected)]


def test_what_is_equal_leaves_the_file_alone(path: Path) -> None:
    write_scores(path, {"test_it": [score("a", "b")]}, [])
    before = path.stat().st_mtime_ns
    write_scores(path, {"test_it": [score("a", "b")]}, ["test_it"])

    assert path.stat().st_mtime_ns == before


def test_a_renamed_function_keeps_its_scores(path: Path) -> None:
    write_scores(path, {"test_old[1]": [score("a", "b")]}, [])
    write_scores(path, {"test_it[1]": [score("a", "b")]}, ["test_it[1]"])

    assert kept(path) == [("test_old[1]", digest("a"), 0.5)]


def test_interactions_may_change_under_the_scores(path: Path, make: Make) -> None:
    Cassette(path).write([make(), make("two")])
    write_scores(path, {"test_it": [score("a", "b")]}, [])
    Cassette(path).remove({0})
    Cassette(path).remove({0})

    assert kept(path) == [("test_it", digest("a"), 0.5)]
    assert not Cassette(path).exists


def test_a_refresh_that_was_set_aside_has_the_scores_too(path: Path, make: Make) -> None:
    Cassette(path).write([make()])
    Cassette(set_aside_path(path)).write([make(answer="new")])
    write_scores(path, {"test_it": [score("a", "b")]}, [])

    assert kept(set_aside_path(path)) == kept(path) == [("test_it", digest("a"), 0.5)]


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "test_it.cassette.json is no cassette: 'scores' is not a list."),
        (
            [{"embedder": "x", "texts": []}],
            "test_it.cassette.json: score 1 has no 'test'. Restore it: git checkout -- test_it.cassette.json",
        ),
    ],
)
def test_damaged_scores_are_an_error_and_stay(path: Path, scores: object, message: str) -> None:
    text = json.dumps({"interactions": [], "scores": scores, "version": 1})
    path.write_text(text)
    with pytest.raises(CassetteError) as caught:
        write_scores(path, {"test_it": [score("a", "b")]}, [])

    assert str(caught.value) == message
    assert path.read_text() == text


def test_a_lone_surrogate_has_a_hash() -> None:
    assert len(digest("\ud800")) == 16
