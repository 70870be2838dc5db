"""Relations between the answers to a prompt and to its variants, each counted, where no right answer is known."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_llm.cassettes.scores import digest
from pytest_llm.errors import ConfigurationError
from pytest_llm.strategies.examples import CURRENT, Examples, Unkept
from pytest_llm.strategies.perturbations import relation_named
from pytest_llm.strategies.rows import Kind, Row
from pytest_llm.strategies.variants import Relation, Variant, edited, edits_between
from pytest_llm.text import changed_words, short

__all__ = ["AGAIN", "metamorphic"]

AGAIN = "asked again"
_TRIES = 12  # of shrinking a failure: each may be a live call while recording
_GIVEN = ("original", "variant")
Asked = Relation | str
Outcome = AssertionError | None
_Failure = tuple[Relation, Variant, AssertionError]


def metamorphic(
    *,
    of: str | Iterable[str],
    invariant: Asked | Iterable[Asked] = (),
    directional: Asked | Iterable[Asked] = (),
    variants: int = 5,
    again: int | None = None,
    at_least: float = 1.0,
    seed: int = 0,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a test for ``variants`` variants of each prompt of ``of`` and each relation, and count how often it holds.

    The test takes ``variant`` (a ``Variant``: a text) and, if it likes, ``original``, beside fixtures; it holds for a
    variant unless it raises ``AssertionError``. Relations are ``Relation`` objects or their names. An ``invariant`` one
    must leave the answer as it is (``assert llm.ask(variant) == similar_to(llm.ask(original).text)``), a
    ``directional`` one must change it, or a score of it, as the test says (Ribeiro et al. 2020, "Beyond Accuracy:
    Behavioral Testing of NLP Models with CheckList"). A variant that fails is shrunk to the fewest changed words that
    still do. Of variants that the test lists (``paraphrasing``, ``adding_evidence``) all are run, however many.

    The test fails when a relation holds for a smaller share of its variants than ``at_least``. With an invariant
    relation the test is also run ``again`` times (as often as ``variants``) for the prompt itself, answered anew: a
    model that disagrees with itself flips without any perturbation. That row is reported and demands nothing.

    Raises ``ConfigurationError`` for a relation that is not known or of the other kind.
    """
    plan = _Plan(
        (of,) if isinstance(of, str) else tuple(of),
        _relations(invariant, "invariant"),
        _relations(directional, "directional"),
        variants,
        variants if again is None else again,
        at_least,
        seed,
    )
    plan.check()
    return plan.decorated


def _relations(asked: Asked | Iterable[Asked], argument: str) -> tuple[Relation, ...]:
    several = (asked,) if isinstance(asked, Relation | str) else tuple(asked)
    found = tuple(relation_named(one) if isinstance(one, str) else one for one in several)
    for relation in found:
        if argument == "invariant" and relation.alters:
            raise ConfigurationError(
                f"{relation.name!r} changes the answer, so it is no invariance. Give it as directional=."
            )
    return found


@dataclass(frozen=True)
class _Plan:
    prompts: tuple[str, ...]
    invariant: tuple[Relation, ...]
    directional: tuple[Relation, ...]
    count: int
    again: int
    at_least: float
    seed: int

    def check(self) -> None:
        """Refuse what cannot be run."""
        if not self.prompts or not all(isinstance(prompt, str) and prompt for prompt in self.prompts):
            raise ConfigurationError(f"metamorphic(of={self.prompts!r}) needs a prompt, or several.")
        if not (self.invariant or self.directional):
            raise ConfigurationError("metamorphic() needs a relation: invariant='typos', directional='negation', ...")
        if self.count < 1 or self.again < 0:
            raise ConfigurationError(f"metamorphic(variants={self.count}, again={self.again}): at least one variant.")
        if not 0 < self.at_least <= 1:
            raise ConfigurationError(f"metamorphic(at_least={self.at_least!r}) is no share above 0 and up to 1.")

    def decorated(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """Return the test for pytest: without the parameters that the relations give."""
        signature = inspect.signature(test)
        if "variant" not in signature.parameters:
            raise ConfigurationError(f"{test.__name__}() takes no 'variant', so no relation could make a difference.")
        wanted = [name for name in _GIVEN if name in signature.parameters]

        def asks(itself: Sequence[Any], arguments: Mapping[str, Any], variant: Variant) -> Any:
            __tracebackhide__ = True
            given = {"original": variant.original, "variant": variant}
            return test(*itself, **arguments, **{name: given[name] for name in wanted})

        def runs(*itself: Any, **arguments: Any) -> None:
            __tracebackhide__ = True
            steps = self._steps(CURRENT.get() or Unkept(), "original" in wanted)
            variant = next(steps, None)
            while variant is not None:
                try:
                    asks(itself, arguments, variant)
                except AssertionError as error:
                    variant = _sent(steps, error)
                else:
                    variant = _sent(steps, None)

        async def runs_async(*itself: Any, **arguments: Any) -> None:
            __tracebackhide__ = True
            steps = self._steps(CURRENT.get() or Unkept(), "original" in wanted)
            variant = next(steps, None)
            while variant is not None:
                try:
                    await asks(itself, arguments, variant)
                except AssertionError as error:
                    variant = _sent(steps, error)
                else:
                    variant = _sent(steps, None)

        kept = [one for name, one in signature.parameters.items() if name not in _GIVEN]
        run: Any = functools.wraps(test)(runs_async if inspect.iscoroutinefunction(test) else runs)
        run.__signature__ = signature.replace(parameters=kept)
        run.llm_metamorphic = True
        run.place_as = test  # where pytest says that the test is
        del run.__wrapped__  # pytest would look through to the parameters of the test itself
        return run  # type: ignore[no-any-return]

    def _steps(self, examples: Examples, compares: bool) -> Generator[Variant, Outcome, None]:
        """Yield every variant to try, be sent how it went, and raise in the end what the relations came to.

        A test that ``compares`` with the original does so with its first answer always, so that a new answer to the
        same prompt takes the place of the variant's and is used once.
        """
        __tracebackhide__ = True
        known, used = examples.recorded(), list[dict[str, Any]]()
        rows, failures = list[Row](), list[_Failure]()

        def count(prompt: str, variant: Variant, outcome: Outcome) -> None:
            rows[-1].count(prompt, held=outcome is None)
            if outcome is not None:
                failures.append((relation, variant, outcome))

        for relation, kind in self._kinds():
            rows.append(Row(relation.name, kind))
            for prompt in self.prompts:
                for variant in self._variants(relation, prompt, known, used):
                    examples.begin()
                    count(prompt, variant, (yield variant))
            if not rows[-1].asked:
                raise ConfigurationError(f"{relation.name!r} applies to none of the prompts, so it cannot fail.")
        if self.again and self.invariant:
            rows.append(Row(AGAIN, "again"))
            for prompt in self.prompts:
                for number in range(self.again):
                    examples.begin(number + compares)
                    rows[-1].count(prompt, held=(yield Variant(prompt, prompt, AGAIN)) is None)
        broken = [row for row in rows if row.kind != "again" and row.share < self.at_least]
        smallest = None
        if broken:
            failed = [one for one in failures if one[0].name == broken[0].relation]
            smallest = yield from self._shrunk(failed, examples, used, known)
        examples.keep(used, failed=bool(broken))
        examples.tell([row.told() for row in rows])
        if smallest is not None:
            story = AssertionError(self._story(broken, rows, *smallest))
            raise story.with_traceback(smallest[1].__traceback__) from None  # where the test itself asserts

    def _kinds(self) -> list[tuple[Relation, Kind]]:
        """Return the relations, each with what it is."""
        invariant: list[tuple[Relation, Kind]] = [(one, "invariant") for one in self.invariant]
        return [*invariant, *((one, "directional") for one in self.directional)]

    def _variants(
        self, relation: Relation, prompt: str, known: Sequence[dict[str, Any]], used: list[dict[str, Any]]
    ) -> list[Variant]:
        """Return the variants of a prompt: those recorded, if as many were wanted when they were."""
        if relation.listed is not None:
            return relation.variants(prompt)
        place = {"relation": relation.name, "of": digest(prompt), "wanted": self.count}
        found = [
            Variant(entry["variant"], prompt, relation.name, entry.get("mapping"))
            for entry in known
            if place.items() <= entry.items() and not entry.get("shrunk")
        ]
        found = found or relation.variants(prompt, self.count, self.seed)
        used += [_entry(place, variant) for variant in found]
        return found

    def _shrunk(
        self,
        failures: Sequence[_Failure],
        examples: Examples,
        used: list[dict[str, Any]],
        known: Sequence[dict[str, Any]],
    ) -> Generator[Variant, Outcome, tuple[Variant, AssertionError]]:
        """Return the smallest change that still fails, found by leaving changed words away one by one."""
        relation, variant, error = min(failures, key=lambda one: len(edits_between(one[1].original, one[1])))
        edits = edits_between(variant.original, variant) if relation.divisible else []
        tries = 0
        for edit in list(edits) if len(edits) > 1 else ():
            fewer = [one for one in edits if one != edit]
            if not fewer or tries == _TRIES:
                break
            tries += 1
            smaller = variant.saying(edited(variant.original, fewer))
            place = {"relation": relation.name, "of": digest(variant.original), "shrunk": True}
            if known and not any(place.items() <= entry.items() and entry["variant"] == smaller for entry in known):
                continue  # nobody has asked this, and a replay asks nothing new
            examples.begin()
            outcome = yield smaller
            used.append(_entry(place, smaller))
            if outcome is not None:
                edits, variant, error = fewer, smaller, outcome
        return variant, error

    def _story(self, broken: Sequence[Row], rows: Sequence[Row], variant: Variant, error: AssertionError) -> str:
        again = [f"{row}" for row in rows if row.kind == "again"]
        lines = [
            f"assert {broken[0]}, wanted {self.at_least:.0%}",
            *(f"  {row}" for row in [*broken[1:], *again]),
            f"  of {short(variant.original, 90)!r}",
            f"  {variant.relation}: {changed_words(variant.original, variant, 60)}",
            f"  {short(str(error).strip().partition(chr(10))[0], 110)}",
        ]
        return "\n".join(lines)


def _entry(place: Mapping[str, Any], variant: Variant) -> dict[str, Any]:
    mapping = {"mapping": dict(variant.mapping)} if variant.mapping else {}
    return {**place, "variant": str(variant), **mapping}


def _sent(steps: Generator[Variant, Outcome, None], outcome: Outcome) -> Variant | None:
    __tracebackhide__ = True
    try:
        return steps.send(outcome)
    except StopIteration:
        return None
