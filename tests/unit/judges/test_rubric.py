"""Rubrics: values, files and the built-in ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_llm import Rubric
from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.prompting import grade_prompt
from pytest_llm.judges.rubric import BUILT_IN, METHODS, Example

FILE = """\
---
name: refund answers
scale: 1-3
needs: question, reference
better: higher
source: our support team
---
# Refunds

Does the answer give the window?

## Levels

- 1: No.
- 3: Yes, and what
  to bring.

## Examples

### 2

> You have 30 days.
> Ask us.

The window is right; it does not speak
of the receipt.
"""


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_rubric_has_a_criterion_and_cites_its_source(name: str) -> None:
    rubric = Rubric.of(name)

    assert rubric.name == name
    assert any(year in rubric.source for year in map(str, range(1990, 2027)))
    assert len(rubric.levels) == (0 if rubric.is_share else 5)
    assert rubric.bounds == ((0, 1) if rubric.is_share else (1, 5))


def test_the_built_in_rubrics_are_the_files_that_there_are() -> None:
    import pytest_llm.judges

    files = sorted(Path(pytest_llm.judges.__file__).parent.joinpath("rubrics").glob("*.md"))

    assert [file.stem.replace("_", " ") for file in files] == list(BUILT_IN)
    assert len({Rubric.builtin(name).hash for name in BUILT_IN}) == len(BUILT_IN)
    assert {Rubric.builtin(name).method for name in BUILT_IN} == set(METHODS)


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "refund.md"
    path.write_text(FILE, encoding="utf-8")

    assert Rubric.of(path) == Rubric.of(str(path)) == Rubric(
        "Does the answer give the window?",
        name="refund answers",
        scale=(1, 3),
        levels={1: "No.", 3: "Yes, and what to bring."},
        examples=(
            Example("You have 30 days.\nAsk us.", 2, "The window is right; it does not speak of the receipt."),
        ),
        needs=("question", "reference"),
        source="our support team",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scale: 1-3", "scale: good", "refund.md, line 3: the scale 'good' is neither like 1-5 nor yes/no."),
        ("scale: 1-3", "scal: 1-3", "refund.md, line 3: 'scal: 1-3' is not known. "
         "Valid keys: name, scale, needs, better, method, source."),
        ("needs: question", "needs: questions", "The rubric 'refund answers' needs 'questions'. "
         "Valid: question, context, reference."),
        ("better: higher", "better: bigger", "The rubric 'refund answers' has better='bigger'. Valid: higher, lower."),
        ("- 3:", "- 7:", "The rubric 'refund answers' describes the grade 7, which is not on 1 to 3."),
        ("## Levels", "## Grades", "refund.md, line 12: a section 'Grades' is not known. Valid: Levels, Examples."),
        ("- 1: No.", "1 is no", "refund.md, line 14: '1 is no' is no level. A level is a line like '- 5: ...'."),
        ("> You have 30 days.\n> Ask us.\n", "", "refund.md, line 20: an example is the answer as a quotation "
         "('> ...'), then the reason."),
        ("### 2", "two", "refund.md, line 20: an example begins with its grade, as '### 4'."),
        ("Does the answer give the window?", "", "refund.md has no criterion: the text below the front matter is "
         "empty."),
        ("our support team\n---", "our support team", "refund.md, line 7: '# Refunds' is not known. "
         "Valid keys: name, scale, needs, better, method, source."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("refund.md").write_text(FILE.replace(old, new), encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        Rubric.read("refund.md")

    assert str(raised.value) == said


def test_a_name_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as raised:
        Rubric.of("faithfullness")

    assert str(raised.value) == (
        f"No rubric is called 'faithfullness'. Did you mean 'faithfulness'? Built in: {', '.join(BUILT_IN)}."
    )


def test_a_sentence_is_a_criterion_from_one_to_five() -> None:
    rubric = Rubric.of("The answer is polite.")

    assert (rubric.criterion, rubric.scale, rubric.name) == ("The answer is polite.", (1, 5), "")
    assert repr(rubric) == "Rubric('The answer is polite.', 1 to 5)"


@pytest.mark.parametrize(
    "change",
    [
        {"criterion": "Is it rude?"},
        {"scale": (1, 4)},
        {"levels": {1: "Never."}},
        {"examples": (Example("Hi", 3, "Short."),)},
    ],
)
def test_whatever_the_judge_is_told_changes_the_hash(change: dict[str, object]) -> None:
    told = {"criterion": "Is it polite?", "levels": {1: "No."}}
    first, second = Rubric(**told), Rubric(**{**told, **change})  # type: ignore[arg-type]

    assert first.hash != second.hash
    assert Rubric(**told, name="politeness", source="us").hash == first.hash  # type: ignore[arg-type]


def test_the_prompt_holds_the_rubric_and_asks_for_the_reason_first() -> None:
    rubric = Rubric(
        "Is it polite?", scale=(1, 3), levels={3: "Yes.", 1: "No."}, examples=(Example('Say "hi".', 2, "It is curt."),)
    )
    (system, user), schema = grade_prompt(rubric, {"question": "Hello?", "answer": "What?"})

    assert system.text.startswith(
        "You grade an answer on one criterion.\n\nCriterion: Is it polite?\n\n"
        "Scale: 1 to 3, 3 is the best and 1 the worst.\n1: No.\n3: Yes.\n\n"
        'For example, of\n{\n"answer": "Say \\"hi\\"."\n}\nthe grade is 2: It is curt.\n\n'
    )
    assert system.text.index('{"reason": "...", "grade": 1, 2 or 3}') > system.text.index("Give the reason first")
    assert user.text.startswith('{\n"question": "Hello?",\n"answer": "What?"\n}\n')
    assert list(schema["properties"]) == ["reason", "grade"]
    assert schema["properties"]["grade"] == {"enum": [1, 2, 3]}
