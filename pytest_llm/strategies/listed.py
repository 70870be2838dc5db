"""Relations whose variants the test lists: entities under other names, paraphrases, evidence that is added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, pairwise
from random import Random

from pytest_llm.errors import ConfigurationError
from pytest_llm.strategies.variants import Relation, Variant, renamed

__all__ = ["adding_evidence", "other_entity", "paraphrasing", "renaming"]

OfPrompts = Mapping[str, str | Iterable[str]] | Callable[[str], Iterable[str]]
"""Texts for each prompt: by prompt, or a function that is called with it."""


def renaming(mapping: Mapping[str, str]) -> Relation:
    """Return the relation that renames entities consistently, all at once; ``variant.expected`` renames the answer.

    It does not apply where a new name is somebody else's already. Raises ``ConfigurationError`` when two entities would
    get one name.
    """
    names = _checked(mapping)
    new = dict.fromkeys(set(names.values()) - set(names), "")

    def listed(text: str) -> list[Variant]:
        taken = renamed(text, new) != text
        return [] if taken else [Variant(renamed(text, names), text, "renamed entities", names)]

    return _relation("renamed entities", "who does what, under other names", listed)


def other_entity(mapping: Mapping[str, str]) -> Relation:
    """Return the relation that puts another entity in the place of one, about which the answer must be another."""
    names = _checked(mapping)

    def listed(text: str) -> list[Variant]:
        return [Variant(renamed(text, names), text, "another entity", alters=True)]

    return _relation("another entity", "everything but one entity", listed, alters=True)


def paraphrasing(paraphrases: OfPrompts) -> Relation:
    """Return the relation that asks the same in other words: those that the test gives for each prompt.

    ``paraphrases`` holds them by prompt (``{"How long?": ["Until when?", ...]}``), or is a function from a prompt to
    them; a model that it asks is recorded as every call of the test. All of them are used. Raises
    ``ConfigurationError`` for a prompt without paraphrases.
    """
    found = _texts_of(paraphrases, "paraphrasing")

    def listed(text: str) -> list[Variant]:
        return [Variant(one, text, "paraphrases") for one in dict.fromkeys(found(text))]

    return _relation("paraphrases", "the meaning, in words that the test gives", listed)


def adding_evidence(evidence: OfPrompts | Iterable[str]) -> Relation:
    """Return the relation that appends pieces of evidence to a prompt, one after the other.

    Each variant has one piece more than its ``original``, so that a score of the answers is monotone in the evidence if
    it does not fall from one to the other: ``assert score(llm.ask(variant)) >= score(llm.ask(original))``.
    ``evidence`` is a list for all prompts, or by prompt, or a function of it. Raises ``ConfigurationError`` for a
    prompt without evidence.
    """
    if isinstance(evidence, Mapping) or callable(evidence):
        found = _texts_of(evidence, "adding_evidence")
    else:
        pieces = _several(evidence)
        found = _texts_of(lambda text: pieces, "adding_evidence")

    def listed(text: str) -> list[Variant]:
        space = "\n\n" if "\n" in text else " "
        steps = accumulate(found(text), lambda said, piece: f"{said}{space}{piece}", initial=text)
        return [Variant(more, less, "added evidence", of=text, alters=True) for less, more in pairwise(steps)]

    return _relation("added evidence", "every word, with one more piece of evidence after them", listed, alters=True)


def _relation(name: str, keeps: str, listed: Callable[[str], list[Variant]], *, alters: bool = False) -> Relation:
    def change(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
        found = listed(text)
        chosen = random.choice(found) if found else None
        return None if chosen is None else (str(chosen), chosen.mapping)

    return Relation(name, keeps, change, alters=alters, listed=listed)


def _texts_of(given: OfPrompts, name: str) -> Callable[[str], tuple[str, ...]]:
    def found(text: str) -> tuple[str, ...]:
        texts = _several(given(text) if callable(given) else given.get(text, ()))
        if not texts or not all(isinstance(one, str) and one for one in texts):
            raise ConfigurationError(
                f"{name}() has {'no texts' if not texts else repr(texts)} for the prompt {text!r:.80}. "
                "It needs one or several for each prompt."
            )
        return texts

    return found


def _several(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _checked(mapping: Mapping[str, str]) -> dict[str, str]:
    if (
        not mapping
        or len(set(mapping.values())) < len(mapping)
        or any(not old or not new for old, new in mapping.items())
    ):
        raise ConfigurationError(f"{dict(mapping)!r} renames nothing, or two to one name. Give each its own new name.")
    return dict(mapping)
