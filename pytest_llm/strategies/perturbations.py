"""The relations by name, and the strategy that draws variants of a prompt by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_llm.errors import ConfigurationError
from pytest_llm.strategies import spelling, wording
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.variants import Edit, Relation, Variant, edited, edits_between

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["RELATIONS", "prompts_like", "relation_named"]

RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {
        relation.name: relation
        for relation in (
            spelling.TYPOS,
            spelling.CASE,
            spelling.WHITESPACE,
            spelling.PUNCTUATION,
            spelling.LOOKALIKES,
            wording.CONTRACTIONS,
            wording.POLITENESS,
            wording.CONTEXT,
            wording.SENTENCES,
            wording.OPTIONS,
            wording.NUMBERS,
            wording.DATES,
            wording.NEGATION,
            wording.OTHER_NUMBER,
        )
    }
)
"""The relations that need nothing but the text; ``renaming``, ``paraphrasing`` and others make those that need more."""
_ANYWHERE = ("typos", "case", "whitespace", "punctuation", "contractions", "politeness")
_SEEDS = 50
_PARTS = 200


def relation_named(name: str) -> Relation:
    """Return a relation by its name. Raises ``ConfigurationError`` that lists the valid ones."""
    if name not in RELATIONS:
        raise ConfigurationError(f"{name!r} is no relation. Valid: {', '.join(map(repr, RELATIONS))}.")
    return RELATIONS[name]


def prompts_like(
    text: str, relations: Relation | str | Iterable[Relation | str] = _ANYWHERE
) -> SearchStrategy[Variant]:
    """Draw variants of a prompt, each by one of the relations; they are texts that know their ``original``.

    A failing one shrinks to one of the first relation that fails, and to the fewest changed words where the relation's
    change can be divided. Raises ``ConfigurationError`` when no relation applies to the text.
    """
    several = (relations,) if isinstance(relations, Relation | str) else relations
    asked = [relation_named(one) if isinstance(one, str) else one for one in several]
    found = {relation: made for relation in asked if (made := relation.variants(text, _SEEDS))}
    if not found:
        raise ConfigurationError(f"None of the relations applies to {text!r:.80}.")

    @st.composite
    def variants(draw: DrawFn) -> Variant:
        relation = draw(st.sampled_from(list(found)))
        whole = draw(st.sampled_from(found[relation]))
        parts = _parts(edits_between(text, whole)) if relation.divisible else []
        # A draw for relations that have no parts too: hypothesis takes what needs fewer draws to be simpler.
        part = draw(st.integers(0, max(0, len(parts) - 1)))
        return whole.saying(edited(text, parts[part])) if len(parts) > 1 else whole

    drawn = variants()
    drawn.llm_variants_of = (text, tuple(relation.name for relation in found))  # type: ignore[attr-defined]
    return drawn


def _parts(edits: Sequence[Edit]) -> list[Sequence[Edit]]:
    """Return what a change can be divided into, the fewest edits first, the whole last."""
    fewer = chain.from_iterable(combinations(edits, count) for count in range(1, len(edits)))
    return [*islice(fewer, _PARTS), edits]
