"""What a judge gives: a grade that explains itself, or a checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.rubric import Rubric
from pytest_llm.text import short

__all__ = ["Check", "Checklist", "Grade", "Vote"]

_SHOWN = 5  # lines of evidence


@dataclass(frozen=True, slots=True)
class Check:
    """What a judge said of one criterion, claim or passage: whether it holds, and why."""

    text: str
    holds: bool
    reason: str

    def __bool__(self) -> bool:
        return self.holds

    def __str__(self) -> str:
        return f"{'yes' if self.holds else 'no '}  {short(self.text, 60)}  ({short(self.reason, 90)})"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one judge of a jury said."""

    judge: str
    value: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Grade:
    """A judge's grade, to be compared: ``assert llm_judge.grade(response, "...") >= 4``.

    ``value`` lies on the rubric's scale (a weighted grade, a jury's mean or a share is no whole number); ``reason`` is
    the judge's; ``judge`` the model that was asked and ``served_model`` the one that says it answered;
    ``rubric_hash`` stands for the rubric and the prompts. ``parts`` are the claims, passages or points that a share was
    counted from; ``probabilities`` those of each grade, when it is weighted; ``votes`` those of a jury; ``digest``
    stands for what the judge was shown, and ``note`` says what is wrong with the judge, if anything.

    A comparison that can never fail, or never pass, on the rubric's scale is refused; so is the truth of a grade.
    """

    value: float
    reason: str
    rubric: Rubric = field(repr=False)
    judge: str
    served_model: str = ""
    rubric_hash: str = ""
    parts: tuple[Check, ...] = field(default=(), repr=False)
    probabilities: tuple[tuple[int, float], ...] = field(default=(), repr=False)
    votes: tuple[Vote, ...] = ()
    answer: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    digest: str = field(default="", repr=False)

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        low, high = self.rubric.bounds
        example = f"{'>=' if self.rubric.better == 'higher' else '<='} {(low + high) / 2:g}"
        raise ConfigurationError(
            f"A grade is neither true nor false by itself, not even {self.said}. Did you mean: assert grade {example}?"
        )

    def __ge__(self, other: object) -> bool:
        return self.value >= self._other(other, ">=")

    def __gt__(self, other: object) -> bool:
        return self.value > self._other(other, ">")

    def __le__(self, other: object) -> bool:
        return self.value <= self._other(other, "<=")

    def __lt__(self, other: object) -> bool:
        return self.value < self._other(other, "<")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grade | int | float):
            return NotImplemented
        return self.value == self._other(other, "==")

    def __hash__(self) -> int:
        return hash((self.value, self.reason, self.judge, self.rubric_hash))

    @property
    def said(self) -> str:
        """The value as it is told: as many digits as it needs."""
        return spelled(self.value, share=self.rubric.is_share)

    def claim(self, op: str, other: object) -> str:
        """Return what was asserted with the measured values, as it reads after "assert"."""
        bound = other.said if isinstance(other, Grade) else spelled(float(other), share=self.rubric.is_share)  # type: ignore[arg-type]
        said = self.said
        if isinstance(other, int | float) and float(said) == other != self.value:
            said = f"{self.value:.4f}"  # two digits would show a failure as equal
        return f"grade {said} {op} {bound}  ({', '.join(self._about())})"

    def evidence(self) -> list[str]:
        """Return the lines below the claim: what decided, and the answer."""
        lines = [f"jury: {', '.join(f'{vote.judge} {vote.value:g}' for vote in self.votes)}"] if self.votes else []
        wanted = self.rubric.method == "unsupported"
        failing = [part for part in self.parts if not part.holds] or (list(self.parts) if wanted else [])
        lines += [str(part) for part in failing[:_SHOWN]]
        if len(failing) > _SHOWN:
            lines.append(f"and {len(failing) - _SHOWN} more")
        if not self.parts:
            lines.append(short(self.reason, 200))
        return [*lines, f"got {short(self.answer, 96)!r}"]

    def _about(self) -> Iterator[str]:
        rubric = self.rubric
        yield rubric.name if rubric.name else f"{rubric.title!r}"
        if self.parts:
            yield f"{sum(part.holds for part in self.parts)} of {len(self.parts)} {_NOUNS[rubric.method]}"
        elif not rubric.is_share:
            yield f"on {rubric.range}"
        yield f"judge {self.judge}" + (f" ({self.served_model})" if _differs(self.judge, self.served_model) else "")
        if self.note:
            yield self.note

    def _other(self, other: object, op: str) -> float:
        if isinstance(other, Grade):
            if other.rubric_hash != self.rubric_hash:
                raise ConfigurationError(
                    f"Grades on {self.rubric.title!r} and {other.rubric.title!r} cannot be compared: "
                    "their rubrics differ."
                )
            return other.value
        if isinstance(other, bool) or not isinstance(other, int | float) or other != other:
            raise ConfigurationError(f"A grade is compared with a number, not with {other!r}.")
        self._refuse_vacuous(float(other), op)
        return float(other)

    def _refuse_vacuous(self, bound: float, op: str) -> None:
        low, high = self.rubric.bounds
        never_fails = {">=": bound <= low, ">": bound < low, "<=": bound >= high, "<": bound > high, "==": False}[op]
        never_passes = {
            ">=": bound > high,
            ">": bound >= high,
            "<=": bound < low,
            "<": bound <= low,
            "==": not low <= bound <= high,
        }[op]
        if never_fails or never_passes:
            raise ConfigurationError(
                f"grade {op} {bound:g} can never {'fail' if never_fails else 'pass'}: "
                f"{self.rubric.title!r} is graded from {low:g} to {high:g}."
            )


_NOUNS = {
    "supported": "claims supported",
    "unsupported": "claims supported",
    "recall": "claims of the reference in the context",
    "precision": "passages useful",
    "coverage": "points covered",
}


@dataclass(frozen=True, slots=True)
class Checklist(Sequence[Check]):
    """What a judge said of several criteria: true when all hold; a sequence of ``Check``, in the order asked."""

    checks: tuple[Check, ...]
    judge: str
    served_model: str = ""
    answer: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return not self.failed

    def __len__(self) -> int:
        return len(self.checks)

    def __getitem__(self, index: int) -> Check:  # type: ignore[override]
        return self.checks[index]

    def __repr__(self) -> str:
        if not self.failed:
            return f"<checklist: all {len(self)} criteria hold>"
        return f"<checklist: {self.claim}>"

    @property
    def failed(self) -> tuple[Check, ...]:
        """The criteria that do not hold."""
        return tuple(check for check in self.checks if not check.holds)

    @property
    def claim(self) -> str:
        """What was asserted with the measured values, as it reads after "assert"."""
        served = f" ({self.served_model})" if _differs(self.judge, self.served_model) else ""
        return f"{len(self) - len(self.failed)} of {len(self)} criteria hold  (judge {self.judge}{served})"

    def evidence(self) -> list[str]:
        """Return one line a criterion, those that fail first, and the answer."""
        ordered = sorted(self.checks, key=lambda check: check.holds)
        lines = [str(check) for check in ordered[: _SHOWN + 1]]
        if len(ordered) > _SHOWN + 1:
            lines[-1] = f"and {len(ordered) - _SHOWN} more"
        return [*lines, f"got {short(self.answer, 96)!r}"]


def spelled(value: float, *, share: bool = False) -> str:
    """Return a grade as it is told: whole numbers without a point, others with two digits."""
    return f"{value:.2f}" if share or value != int(value) else f"{int(value)}"


def _differs(judge: str, served: str) -> bool:
    return bool(served) and served != judge.removeprefix("local/")
