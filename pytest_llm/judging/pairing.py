"""Two answers, asked in both orders; samples of pairs; several contestants, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from pytest_llm.errors import ConfigurationError
from pytest_llm.fingerprint import canonical
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.parsing import read_choice
from pytest_llm.judges.preference import Contest, Preference, Ranking
from pytest_llm.judges.prompting import pair_prompt, prompt_hash
from pytest_llm.judging.asking import Answered
from pytest_llm.judging.bench import together
from pytest_llm.judging.subjects import inputs_of
from pytest_llm.stats.bradley_terry import bradley_terry
from pytest_llm.stats.preferences import Choice

if TYPE_CHECKING:
    from pytest_llm.judging.judge import Judge

__all__ = ["contest", "preference", "ranking"]


def preference(judge: Judge, a: Inputs, b: Inputs, criterion: str) -> Preference:
    """Ask which of two answers is better on a criterion, in both orders at the same time."""
    asked, swapped = together(
        [lambda: _asked(judge, a, b, criterion), lambda: _asked(judge, a, b, criterion, swapped=True)]
    )
    return Preference(
        asked.value[0],
        swapped.value[0],
        (asked.value[1], swapped.value[1]),
        criterion,
        judge.model,
        asked.served,
        (a.text, b.text),
    )


def contest(judge: Judge, a: Sequence[Inputs], b: Sequence[Inputs], criterion: str) -> Contest:
    """Ask for the preference of each pair, at the same time."""
    if len(a) != len(b) or not a:
        raise ConfigurationError(
            f"A contest needs two answers to each prompt, and there are {len(a)} and {len(b)} answers."
        )
    tasks = [partial(preference, judge, one, other, criterion) for one, other in zip(a, b, strict=True)]
    return Contest(tuple(together(tasks)))


def ranking(judge: Judge, contestants: Mapping[str, Sequence[Inputs]], criterion: str, prior: float) -> Ranking:
    """Let each two contestants compete on all prompts."""
    met = list(combinations(contestants, 2))
    found = [contest(judge, contestants[one], contestants[other], criterion) for one, other in met]
    contests = dict(zip(met, found, strict=True))
    scores = {"a": 1.0, "b": 0.0, "tie": 0.5}
    games = [(*names, scores[pair.winner]) for names, held in contests.items() for pair in held]
    return Ranking(bradley_terry(games, prior=prior), contests)


def prepared(answers: Sequence[object], question: object, context: object, reference: object) -> list[Inputs]:
    """Return each answer as the judge is shown it; ``question`` and ``reference`` may be lists, one an answer."""
    return [
        inputs_of(answer, _at(question, place, len(answers)), context, _at(reference, place, len(answers)))
        for place, answer in enumerate(answers)
    ]


def _at(given: object, place: int, count: int) -> object:
    if not isinstance(given, list | tuple):
        return given
    if len(given) != count:
        raise ConfigurationError(f"There are {count} answers and {len(given)} questions or references to them.")
    return given[place]


def _asked(
    judge: Judge, a: Inputs, b: Inputs, criterion: str, *, swapped: bool = False
) -> Answered[tuple[Choice, str]]:
    first, second = (b, a) if swapped else (a, b)
    data = {**a.around(), "first": first.answer, "second": second.answer}
    return judge.bench.once(
        judge.key("prefer", criterion, canonical(data)),
        lambda: judge.asker.ask(pair_prompt(criterion, data), read_choice, criterion, prompt_hash("prefer")),
    )
