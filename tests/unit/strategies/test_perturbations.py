"""Each relation keeps what it says it keeps, on 500 prompts that people wrote."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import find, settings

from pytest_llm import strategies as llm_st
from pytest_llm.errors import ConfigurationError
from pytest_llm.metrics.length import sentence_list, word_list
from pytest_llm.metrics.numbers import numbers_in
from pytest_llm.strategies.spelling import plain
from pytest_llm.strategies.variants import Variant, edited, edits_between
from pytest_llm.strategies.wording import _DATE, _LONG, _OPTION, _day

DATA = Path(__file__).parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real prompts of ../shared/data are not here")


@cache
def prompts() -> list[str]:
    """500 real prompts: of LLMBar, of OpenAI's evals, the sensitive questions and some on primes of llmdrift."""
    found = [row["input"] for row in json.loads((DATA / "llmbar/Natural/dataset.json").read_text("utf-8"))]
    for path in sorted((DATA / "evals/registry/data").rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines()[:150]:
            asked = json.loads(line).get("input")
            found += [asked] if isinstance(asked, str) else [message["content"] for message in asked or ()]
    for name in ("SENSITIVEQ_EVAL", "PRIME_FULL_EVAL"):
        with (DATA / f"llmdrift/{name}.csv").open(encoding="utf-8", newline="") as file:
            found += [row["query"] for row in csv.DictReader(file)]
    distinct = [text for text in dict.fromkeys(found) if isinstance(text, str) and 10 < len(text) < 3_000]
    return distinct[:500]


def values(text: str) -> list[str]:
    return sorted(str(number.value) for number in numbers_in(text))


def long_forms(text: str) -> str:
    text = text.lower()
    for short, long in _LONG.items():
        text = re.sub(rf"(?<![\w']){short}(?![\w'])", long, text)
    return text


def typos(original: str, variant: Variant) -> bool:
    from rapidfuzz.distance import OSA

    before, after = original.split(), variant.split()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    return (
        all(OSA.distance(one, other) == 1 and one[0] == other[0] and other.islower() for one, other in changed)
        and len(changed) <= 1 + len(before) // 12
        and values(original) == values(variant)
    )


def options(original: str, variant: Variant) -> bool:
    before, after = ({m["label"]: m["text"] for m in _OPTION.finditer(text)} for text in (original, variant))
    return all(after[variant.mapping[label]] == text for label, text in before.items())


KEEPS = {
    "typos": typos,
    "case": lambda original, variant: original.casefold() == variant.casefold(),
    "whitespace": lambda original, variant: original.split() == variant.split(),
    "punctuation": lambda original, variant: (
        word_list(original) == word_list(variant) and values(original) == values(variant)
    ),
    "look-alikes": lambda original, variant: plain(variant) == original,
    "contractions": lambda original, variant: long_forms(original) == long_forms(variant),
    "politeness": lambda original, variant: original in variant,
    "irrelevant context": lambda original, variant: original in variant,
    "sentence order": lambda original, variant: sorted(sentence_list(original)) == sorted(sentence_list(variant)),
    "option order": options,
    "number formats": lambda original, variant: values(original) == values(variant),
    "date formats": lambda original, variant: (
        [_day(m) for m in _DATE.finditer(original)] == [_day(m) for m in _DATE.finditer(variant)]
    ),
    "negation": lambda original, variant: (
        re.sub(" not", "", variant, flags=re.I) == re.sub(" not", "", original, flags=re.I)
        and len(variant) != len(original)
    ),
    "another number": lambda original, variant: (
        re.sub(r"\d+", "0", original) == re.sub(r"\d+", "0", variant) and original != variant
    ),
}
APPLIES = {
    "number formats": 15, "date formats": 20, "option order": 0, "contractions": 40, "negation": 100,
    "sentence order": 100, "another number": 200,
}  # fmt: skip


@needs_data
@pytest.mark.parametrize("name", llm_st.RELATIONS)
def test_a_relation_keeps_what_it_says(name: str) -> None:
    relation = llm_st.RELATIONS[name]
    made = [(text, variant) for text in prompts() for variant in relation.variants(text, 2)]
    broken = [(text, variant) for text, variant in made if not KEEPS[name](text, variant)]

    assert len(prompts()) == 500
    assert broken == []
    assert len({text for text, _ in made}) >= APPLIES.get(name, 400)


QUESTION = "What is the capital of Norway?\nA) Rome\nB) Oslo\nC) Paris"


def test_options_in_another_order_keep_every_option_and_the_answer_follows() -> None:
    made = llm_st.RELATIONS["option order"].variants(QUESTION, 5)

    assert len(made) == 5
    assert all(options(QUESTION, variant) for variant in made)
    assert all(f"{variant.expected('B')}) Oslo" in variant for variant in made)


def test_renamed_entities_are_renamed_in_the_expected_answer_all_at_once() -> None:
    swap = llm_st.renaming({"Ann": "Bob", "Bob": "Ann"})
    variant = swap.variants("Ann owes Bob 5 euros. Annabel owes nothing. Who owes Bob?")[0]

    assert variant == "Bob owes Ann 5 euros. Annabel owes nothing. Who owes Ann?"
    assert variant.expected("Ann does, not Bob.") == "Bob does, not Ann."


def test_a_new_name_that_is_taken_is_not_used() -> None:
    assert llm_st.renaming({"Ann": "Eve"}).variants("Ann and Eve met.") == []


def test_another_entity_alters() -> None:
    other = llm_st.other_entity({"France": "Spain"})

    assert (other.alters, other.variants("The capital of France?")) == (True, ["The capital of Spain?"])


def test_relations_compose() -> None:
    both = llm_st.RELATIONS["case"].then(llm_st.renaming({"oslo": "rome"}))
    made = both.variants("Is Oslo cold?", 1, seed=3)

    assert both.name == "case + renamed entities"
    assert made == [] or made[0].relation == both.name


def test_the_same_text_and_seed_give_the_same_variants() -> None:
    typos_ = llm_st.RELATIONS["typos"]

    assert typos_.variants("where is my parcel today?", 3) == typos_.variants("where is my parcel today?", 3)
    assert typos_.variants("where is my parcel today?", 3) == [
        *typos_.variants("where is my parcel today?", 1),
        *typos_.variants("where is my parcel today?", 3)[1:],
    ]


def test_a_failing_variant_shrinks_to_one_changed_word() -> None:
    text = "please tell customers when items that they bought may still travel home again because they asked about that"
    found = find(
        llm_st.prompts_like(text, ["typos"]),
        lambda variant: "customers" not in variant,
        settings=settings(database=None, derandomize=True, deadline=None),
    )

    assert isinstance(found, Variant)
    assert len(edits_between(text, found)) == 1
    assert edited(text, edits_between(text, found)) == found


@pytest.mark.parametrize("name", ["typos", "whitespace", "look-alikes"])
def test_a_part_of_a_change_leaves_the_rest_of_a_text_that_repeats_itself_alone(name: str) -> None:
    text = " and ".join(["please tell customers when items that they bought may travel home"] * 4)
    for variant in llm_st.RELATIONS[name].variants(text, 20):
        edits = edits_between(text, variant)

        assert edited(text, edits) == variant
        assert all(KEEPS[name](text, edited(text, [edit])) for edit in edits)


@pytest.mark.parametrize("relations", [["typos", "case"], ["whitespace", "case", "politeness"]], ids=" ".join)
def test_a_failing_variant_shrinks_to_one_of_the_first_relation_that_fails(relations: list[str]) -> None:
    text = "please tell customers when items that they bought may still travel home again because they asked about that"
    found = find(
        llm_st.prompts_like(text, relations),
        lambda variant: variant != text,
        settings=settings(database=None, derandomize=True, deadline=None),
    )

    assert (found.relation, len(edits_between(text, found))) == (relations[0], 1)


@pytest.mark.parametrize("relation", ["typos", llm_st.RELATIONS["typos"]], ids=["name", "relation"])
def test_a_relation_alone_is_one_of_one(relation: str | llm_st.Relation) -> None:
    found = find(
        llm_st.prompts_like("tell customers about it", relation),
        lambda variant: True,
        settings=settings(database=None, derandomize=True, deadline=None),
    )

    assert found.relation == "typos"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: llm_st.prompts_like("1", ["typos"]), "None of the relations applies to '1'.", id="applies nowhere"
        ),
        pytest.param(
            lambda: llm_st.renaming({"Ann": "Eve", "Bob": "Eve"}),
            "{'Ann': 'Eve', 'Bob': 'Eve'} renames nothing, or two to one name. Give each its own new name.",
            id="two to one",
        ),
    ],
)
def test_what_cannot_be_changed_is_told(make: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        make()  # type: ignore[operator]

    assert str(told.value) == message


@pytest.mark.parametrize("name", ["typos", "case", "whitespace", "punctuation", "look-alikes"])
@pytest.mark.parametrize(
    "part",
    [
        pytest.param("```python\ndef add(first, other):\n    return first + other\n```", id="code"),
        pytest.param("`sort words, then stop`", id="code in a line"),
        pytest.param('{"city": "Paris", "stay": {"nights": 3, "notes": "late arrival, please wait"}}', id="JSON"),
        pytest.param("{{ customer name }}", id="a template"),
        pytest.param("https://example.com/some-path/Page?query=words", id="a link"),
        pytest.param("ann.smith@example.com", id="an address"),
    ],
)
def test_spelling_leaves_code_and_json_and_links_alone(name: str, part: str) -> None:
    text = f"Please explain, in few words, what {part} stands for. Then stop."

    variants = llm_st.RELATIONS[name].variants(text, 30)

    assert variants
    assert all(part in variant for variant in variants)


def test_the_labels_of_options_are_no_ends_of_sentences() -> None:
    text = "Which is right?\nA. Paris\nB. Rome"

    assert {*llm_st.RELATIONS["punctuation"].variants(text, 30)} == {f"{text}{end}" for end in (".", "!", " ...")}


def test_a_prompt_is_never_left_empty() -> None:
    assert llm_st.RELATIONS["punctuation"].variants("?", 30) == ["??"]


def test_the_lines_of_a_prompt_stay_lines() -> None:
    assert llm_st.RELATIONS["sentence order"].variants("Name them.\nSort them.") == []


def test_a_heading_stays_one_behind_words_of_courtesy() -> None:
    variants = llm_st.RELATIONS["politeness"].variants("# Task\nName them.", 30)

    assert all(re.search("^# Task$", variant, re.M) for variant in variants)


@pytest.mark.parametrize(
    "option", ["All of the above", "Both A and B", "None of these", "The answer A", "Neither of them"]
)
def test_options_that_refer_to_others_keep_their_order(option: str) -> None:
    assert llm_st.RELATIONS["option order"].variants(f"Which?\nA) Paris\nB) Rome\nC) {option}") == []
