"""What caused a difference, from what is known of both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_llm.snapshots.cause import Cause, Origin, Template, causes, sentence

OLD = Origin(
    dialect="openai-chat",
    model="gpt-4o",
    served_model="gpt-4o-2024-08-06",
    system_fingerprint="fp_1",
    fingerprint="f1",
    parts={"model": "m1", "params": "p1", "prompt": "q1", "tools": "t1", "schema": "s1"},
    params={"temperature": 0, "max_tokens": 60},
)


def parts(**changed: str) -> dict[str, str]:
    """Return the hashes of the parts, some changed."""
    return {**OLD.parts, **changed}


CASES = [
    pytest.param({}, "only the output changed: the request and the model are the same", id="nothing"),
    pytest.param({"parts": parts(prompt="q2")}, "the prompt changed", id="prompt"),
    pytest.param({"parts": parts(tools="t2")}, "the tools changed, the prompt did not", id="tools"),
    pytest.param({"parts": parts(schema="s2")}, "the schema changed, the prompt did not", id="schema"),
    pytest.param(
        {"parts": parts(params="p2"), "params": {"temperature": 0.7, "max_tokens": 60}},
        "the parameters changed (temperature=0 → temperature=0.7), the prompt did not",
        id="parameter",
    ),
    pytest.param(
        {"parts": parts(params="p2"), "params": {"max_tokens": 60, "seed": 7}},
        "the parameters changed (no seed, temperature=0 → seed=7, no temperature), the prompt did not",
        id="parameters",
    ),
    pytest.param(
        {"model": "gpt-5", "served_model": "gpt-5-2026", "parts": parts(model="m2")},
        "the model changed (gpt-4o → gpt-5), the prompt did not",
        id="model, and with it who answers",
    ),
    pytest.param(
        {"served_model": "gpt-4o-2024-11-20"},
        "the served model changed (gpt-4o-2024-08-06 → gpt-4o-2024-11-20), the prompt did not",
        id="served model",
    ),
    pytest.param(
        {"system_fingerprint": "fp_2"},
        "the system fingerprint changed (fp_1 → fp_2), the prompt did not",
        id="system fingerprint",
    ),
    pytest.param(
        {"served_model": "gpt-4o-2024-11-20", "system_fingerprint": "fp_2"},
        "the served model changed (gpt-4o-2024-08-06 → gpt-4o-2024-11-20), the prompt did not",
        id="a served model has a fingerprint of its own",
    ),
    pytest.param(
        {"system_fingerprint": ""},
        "only the output changed: the request and the model are the same",
        id="a fingerprint that is not known",
    ),
    pytest.param(
        {"parts": parts(prompt="q2"), "served_model": "gpt-4o-2024-11-20"},
        "the prompt changed, and the served model (gpt-4o-2024-08-06 → gpt-4o-2024-11-20)",
        id="prompt and served model",
    ),
    pytest.param(
        {"parts": parts(prompt="q2", tools="t2", model="m2"), "model": "gpt-5", "served_model": ""},
        "the prompt changed, and the tools and model (gpt-4o → gpt-5)",
        id="prompt, tools and model",
    ),
    pytest.param(
        {"parts": parts(schema="s2", tools="t2")},
        "the tools changed, and the schema",
        id="tools and schema",
    ),
    pytest.param(
        {"dialect": "openai-responses", "parts": parts(prompt="other", params="other")},
        "the API changed (openai-chat → openai-responses)",
        id="another API has other parts",
    ),
    pytest.param(
        {"parts": {key: value for key, value in OLD.parts.items() if key != "schema"}},
        "the schema changed, the prompt did not",
        id="a part that is gone",
    ),
]


@pytest.mark.parametrize(("changed", "expected"), CASES)
def test_the_cause_is_told_in_one_clause(changed: dict[str, object], expected: str) -> None:
    assert sentence(causes(OLD, replace(OLD, **changed))) == expected  # type: ignore[arg-type]


def test_what_is_not_known_has_not_changed() -> None:
    for old, new in ((OLD, Origin()), (Origin(), OLD), (Origin(), Origin())):
        found = causes(old, new)

        assert found == [Cause("output only", note="a request is not known")]
        assert sentence(found) == "only the output changed"


FILLED = {"prompts/a.md": Template("t1", {"city": "v1", "days": "v2"}), "prompts/b.md": Template("t2", {})}


def templated(beside: str = "x", **files: Template) -> Origin:
    """Return an origin whose prompt changed, made from files of which some are others."""
    named = {f"prompts/{name}.md": one for name, one in files.items()}
    return replace(OLD, parts={**OLD.parts, "prompt": "q2", "beside": beside}, templates={**FILLED, **named})


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param(
            templated(a=Template("t9", {"city": "v1", "days": "v2"})),
            "the prompt changed (prompts/a.md)",
            id="the template",
        ),
        pytest.param(
            templated(a=Template("t1", {"city": "v9", "days": "v9"})),
            "the variables of the prompt changed (city and days of prompts/a.md), its template did not",
            id="variables",
        ),
        pytest.param(
            templated(a=Template("t9", {"city": "v9", "days": "v2"})),
            "the prompt changed (prompts/a.md and its city)",
            id="both",
        ),
        pytest.param(
            templated(a=Template("t1", {"city": "v9", "days": "v2"}), b=Template("t9")),
            "the prompt changed (prompts/b.md and city of prompts/a.md)",
            id="one template, another's variable",
        ),
        pytest.param(templated("y"), "the prompt changed (not prompts/a.md and prompts/b.md)", id="what is beside"),
        pytest.param(
            templated("y", a=Template("t1", {"city": "v9", "days": "v2"})),
            "the prompt changed (city of prompts/a.md)",
            id="a variable and what is beside",
        ),
        pytest.param(
            templated(c=Template("t3")),
            "the prompt changed (prompts/a.md, prompts/b.md and prompts/c.md)",
            id="one file more",
        ),
        pytest.param(
            replace(templated(a=Template("t1", {"city": "v9", "days": "v2"})), served_model="gpt-4o-2024-11-20"),
            "the variables of the prompt changed (city of prompts/a.md), "
            "and the served model (gpt-4o-2024-08-06 → gpt-4o-2024-11-20)",
            id="variables and served model",
        ),
    ],
)
def test_a_template_is_told_from_its_variables(new: Origin, expected: str) -> None:
    old = replace(OLD, parts={**OLD.parts, "beside": "x"}, templates=FILLED)

    assert sentence(causes(old, new)) == expected


def test_a_template_that_changed_without_the_prompt_is_no_cause() -> None:
    new = replace(OLD, templates={**FILLED, "prompts/a.md": Template("t9")})

    assert causes(replace(OLD, templates=FILLED), new) == [Cause("output only")]


def test_a_prompt_that_changed_beside_its_text_is_the_prompt() -> None:
    old = replace(OLD, parts={**OLD.parts, "asked": "a", "quoted": "b"})
    new = replace(old, parts={**old.parts, "prompt": "q2"})

    assert sentence(causes(old, new)) == "the prompt changed"
    assert sentence(causes(old, replace(new, parts={**new.parts, "quoted": "c"}))) == (
        "the conversation before it changed, the prompt did not"
    )
