"""The examples that hypothesis draws, as JSON, so that a cassette can hold them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

from pytest_llm.strategies.examples import Examples
from pytest_llm.strategies.rows import Kind, Row
from pytest_llm.strategies.variants import Variant, edits_between

__all__ = ["Log", "decoded", "encoded", "outdated", "variants_in"]

_MARKS = ("$variant", "$tuple")


def encoded(value: Any) -> Any:
    """Return a drawn value as JSON. Raises ``TypeError`` for one that JSON cannot hold."""
    if isinstance(value, Variant):
        told = {"text": str(value), "original": value.original, "relation": value.relation}
        mapping = {"mapping": dict(value.mapping)} if value.mapping else {}
        of = {"of": value.of} if value.of != value.original else {}
        return {"$variant": {**told, **mapping, **of, **({"alters": True} if value.alters else {})}}
    if type(value) is tuple:
        return {"$tuple": [encoded(item) for item in value]}
    if type(value) is list:
        return [encoded(item) for item in value]
    if type(value) is dict and all(type(key) is str and key not in _MARKS for key in value):
        return {key: encoded(item) for key, item in value.items()}
    if value is None or type(value) in (str, int, float, bool):
        return value
    raise TypeError(f"A {type(value).__name__} cannot be recorded.")


def decoded(value: Any) -> Any:
    """Return the value that ``encoded`` made JSON of."""
    match value:
        case {"$variant": {"text": text, "original": original, "relation": relation} as told}:
            mapping, of, alters = told.get("mapping"), told.get("of"), told.get("alters", False)
            return Variant(text, original, relation, mapping, of=of, alters=alters)
        case {"$tuple": list(items)}:
            return tuple(decoded(item) for item in items)
        case dict():
            return {key: decoded(item) for key, item in value.items()}
        case list():
            return [decoded(item) for item in value]
    return value


def variants_in(value: Any) -> Iterator[Variant]:
    """Yield the variants within a drawn value."""
    if isinstance(value, Variant):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from variants_in(item)


def outdated(given: Mapping[str, Any], strategies: Mapping[str, Any]) -> bool:
    """Say whether variants of an example are not of the prompt, or by a relation, of which their strategy draws now."""
    now = {name: getattr(strategy, "llm_variants_of", None) for name, strategy in strategies.items()}
    return any(
        isinstance(one := given[name], Variant) and (one.of != drawn[0] or one.relation not in drawn[1])
        for name, drawn in now.items()
        if drawn is not None
    )


class Log:
    """The inner function of a test of hypothesis, and the examples it was called with.

    Those up to the first failure are kept, and then hypothesis shrinks it: the last one that failed is kept too, as a
    regression. These are counted for the relations of their variants. If JSON cannot hold one, the ``seed`` is kept
    instead. ``ran`` counts those that differ; ``unaffordable`` says whether the budget of calls was used up, after
    which no more are explored.
    """

    def __init__(
        self, examples: Examples, names: Collection[str], inner: Callable[..., Any], seed: int | None = None
    ) -> None:
        self.ran = 0
        self.unaffordable = False
        self._interrupted = False
        self._examples = examples
        self._names = names
        self._inner = inner
        self._seed = seed
        self._kept: list[dict[str, Any]] | None = []
        self._failure: tuple[Mapping[str, Any], BaseException] | None = None
        self._failing: list[Mapping[str, Any]] = []
        self._rows: dict[tuple[Kind, str], Row] = {}

    @property
    def run(self) -> Callable[..., Any]:
        """The function that hypothesis is to call; a real one, into whose code it looks."""

        @wraps(self._inner)
        def run(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self._run(args, kwargs)

        return run

    def _run(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        import pytest
        from hypothesis import reject
        from hypothesis.errors import UnsatisfiedAssumption

        __tracebackhide__ = True
        given = {name: value for name, value in kwargs.items() if name in self._names}
        if self._failure is not None and not self._is_simpler(given):
            reject()
        self._examples.begin()
        try:
            result = self._inner(*args, **kwargs)
        except UnsatisfiedAssumption:
            raise
        except (Exception, pytest.fail.Exception) as error:
            self._note(given, error)
            raise
        except BaseException as error:
            self._interrupted |= isinstance(error, KeyboardInterrupt)
            if self.ran and self._examples.affords(error):
                self.unaffordable = True
                reject()
            raise
        self._note(given, None)
        return result

    @property
    def failed(self) -> bool:
        """Whether an example failed."""
        return self._failure is not None

    def _note(self, given: Mapping[str, Any], error: BaseException | None) -> None:
        entry = _entry(given)
        if entry is None:
            self._kept = None
        if error is not None:
            self.ran += not self.failed
            self._failure = given, error
            self._failing.append(given)
        elif not self.failed and (entry is None or entry not in (self._kept or ())):
            self.ran += 1
            self._tally(given, held=True)
            if entry is not None and self._kept is not None:
                self._kept.append(entry)

    def _is_simpler(self, given: Mapping[str, Any]) -> bool:
        """Say whether an example is worth its calls while one shrinks: it failed too, or its variants change less."""
        if given in self._failing or not all(isinstance(one, Variant) for one in given.values()):
            return True
        return _changed(given) < _changed(self._failing[-1])

    def _tally(self, given: Mapping[str, Any], *, held: bool) -> None:
        """Count an example for the relations of its variants."""
        for variant in {one.relation: one for one in variants_in(given)}.values():
            kind: Kind = "directional" if variant.alters else "invariant"
            self._rows.setdefault((kind, variant.relation), Row(variant.relation, kind)).count(variant.of, held=held)

    def end(self) -> None:
        """Hand over what is to be kept, and what was counted."""
        if self._kept is None and self._seed is not None:
            self._examples.keep([{"seed": self._seed}], failed=self.failed)
        if self._kept is not None and (self._kept or self._failure):
            more: list[dict[str, Any]] = []
            if self._failure:
                more = [{**(_entry(self._failure[0]) or {}), "failed": True}]
            elif self.unaffordable or self._interrupted:
                more = [{"unfinished": True}]
            self._examples.keep([*self._kept, *more], failed=self.failed)
        if self._failure and isinstance(
            self._failure[1], AssertionError
        ):  # any other exception says nothing of a model
            self._tally(self._failure[0], held=False)
        for row in self._rows.values():
            row.stopped = self.failed
        self._examples.tell([row.told() for row in self._rows.values()])


def _changed(given: Mapping[str, Any]) -> int:
    return sum(len(edits_between(one.original, one)) for one in variants_in(given))


def _entry(given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return {"given": encoded(dict(given))}
    except TypeError:
        return None
