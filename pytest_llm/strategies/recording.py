"""The examples that hypothesis draws, as JSON, so that a cassette can hold them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any

from pytest_llm.strategies.examples import Examples
from pytest_llm.strategies.variants import Variant

__all__ = ["Log", "decoded", "encoded"]

_MARKS = ("$variant", "$tuple")


def encoded(value: Any) -> Any:
    """Return a drawn value as JSON. Raises ``TypeError`` for one that JSON cannot hold."""
    if isinstance(value, Variant):
        told = {"text": str(value), "original": value.original, "relation": value.relation}
        return {"$variant": {**told, **({"mapping": dict(value.mapping)} if value.mapping else {})}}
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
        case {"$variant": {"text": text, "original": original, "relation": relation, **rest}}:
            return Variant(text, original, relation, rest.get("mapping"))
        case {"$tuple": list(items)}:
            return tuple(decoded(item) for item in items)
        case dict():
            return {key: decoded(item) for key, item in value.items()}
        case list():
            return [decoded(item) for item in value]
    return value


class Log:
    """The inner function of a test of hypothesis, and the examples it was called with.

    Those up to the first failure are kept; then hypothesis shrinks, and of that the last one that failed is kept, as a
    regression. Examples that JSON cannot hold are not. ``stopped`` counts the examples that ran before the budget of
    calls was used up, after which no more are explored.
    """

    def __init__(self, examples: Examples, names: Collection[str], inner: Callable[..., Any]) -> None:
        self.stopped = 0
        self._examples = examples
        self._names = names
        self._inner = inner
        self._kept: list[dict[str, Any]] | None = []
        self._count = 0
        self._failed: dict[str, Any] | None = None

    @property
    def run(self) -> Callable[..., Any]:
        """The function that hypothesis is to call; a real one, into whose code it looks."""

        @wraps(self._inner)
        def run(*args: Any, **kwargs: Any) -> Any:
            return self._run(*args, **kwargs)

        return run

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        from hypothesis import reject
        from hypothesis.errors import UnsatisfiedAssumption

        self._examples.begin()
        given = {name: value for name, value in kwargs.items() if name in self._names}
        try:
            result = self._inner(*args, **kwargs)
        except UnsatisfiedAssumption:
            raise
        except Exception:
            self._note(given, failed=True)
            raise
        except BaseException as error:
            if (self._failed is not None or self._count) and self._examples.affords(error):
                self.stopped = self._count
                reject()
            raise
        self._note(given, failed=False)
        return result

    def _note(self, given: Mapping[str, Any], *, failed: bool) -> None:
        self._count += 1
        try:
            entry = {"given": encoded(dict(given))}
        except TypeError:
            self._kept = None
            return
        if failed:
            self._failed = {**entry, "failed": True}
        elif self._failed is None and self._kept is not None and entry not in self._kept:
            self._kept.append(entry)

    def end(self) -> None:
        """Hand over what is to be kept."""
        if self._kept is not None and (self._kept or self._failed):
            self._examples.keep(
                [*self._kept, *([self._failed] if self._failed else [])], failed=self._failed is not None
            )
