"""The whole pipeline of ``pytest --llm-drift`` over a month of nights: false alarms, and how soon a change fails.

python -m benchmarks.drift_nights [streams] [cell ...]

Three items of one request, asked as it is (10 draws a night) and, of the six words, at temperature 0 as well (4 draws),
with log-probabilities. Baselines are one session of 10 draws a request or eight of 5. The rounds, the early stop, the
second session, the verdict on the suite and the rule of successive nights are those that the plugin runs (``look_at``,
``judge_night``, ``seen_again``); only the answers are made up or drawn anew, and p-values that are not small rest on
fewer permutations. A change is: other log-odds of the words; a hidden system prompt.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from os import environ

import numpy as np

from benchmarks.drift_material import Draws, baseline, load, table
from pytest_llm.drift.history import Run
from pytest_llm.drift.item import Looked, Planned, look_at, settings_of
from pytest_llm.drift.nights import baseline_of, judge_night, seen_again
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Draw, Probe

ITEMS, REQUESTS, NIGHTS, WORDS = 3, 1, 30, 6
SAMPLED, GREEDY, BASELINE = 10, 4, {1: 10, 8: 5}
RUN_LENGTH, PERMUTATIONS = 20.0, 199
Answers = Callable[[str, int], tuple[Draw, ...]]


class Source(ABC):
    """Where a session's answers come from; ``moved`` says that the provider has changed."""

    names: tuple[tuple[str, ...], ...]
    moved = False

    @abstractmethod
    def session(self, name: str) -> Answers:
        """Open a session: what is alike within it is drawn here."""


class Words(Source):
    """Six words; sessions differ by ``spread`` in log-odds, or by the share of two ``backends`` (a Beta's shape)."""

    names = tuple(tuple(f"{item}.{request}" for request in range(REQUESTS)) for item in range(ITEMS))

    def __init__(self, rng: np.random.Generator, spread: float = 0.0, backends: float | None = None) -> None:
        self.rng, self.spread, self.backends = rng, spread, backends
        flat = [name for item in self.names for name in item]
        self.odds = {name: rng.normal(size=WORDS) for name in flat}
        self.other = {name: odds + rng.normal(size=WORDS) for name, odds in self.odds.items()}
        self.change = {name: rng.normal(size=WORDS) for name in flat}

    def session(self, name: str) -> Answers:
        own = {each: self.rng.normal(size=WORDS) * self.spread for each in self.odds}
        share = 0.0 if self.backends is None else self.rng.beta(self.backends, self.backends)

        def answers(asked: str, many: int) -> tuple[Draw, ...]:
            request = asked.removesuffix(" greedy")
            draws = []
            for elsewhere in self.rng.random(many) < share:
                odds = (self.other if elsewhere else self.odds)[request] + own[request]
                odds = odds + self.change[request] * self.moved
                draws.append(self.draw(odds, name, greedy=asked != request))
            return tuple(draws)

        return answers

    def draw(self, odds: np.ndarray, session: str, *, greedy: bool) -> Draw:
        noisy = odds + self.rng.normal(size=WORDS) * 0.02
        logs = noisy - np.log(np.exp(noisy).sum())
        word = int(logs.argmax() if greedy else self.rng.choice(WORDS, p=np.exp(logs)))
        top = {f"word{place}": float(logs[place]) for place in np.argsort(-logs)[:5]}
        return Draw(f"word{word} it is", top={} if greedy else top, chosen=(), session=session, outcome=float(word < 4))


class Recorded(Source):
    """Real answers of SmolLM2-135M to a prompt, drawn anew; a second backend is another quantisation, Q2_K."""

    def __init__(self, rng: np.random.Generator, backends: float | None = None) -> None:
        self.rng, self.backends = rng, backends
        self.pools: list[Draws] = [baseline(), load("requant_Q2_K"), load("hidden_system_pirate")]
        prompts = sorted(self.pools[0])[: ITEMS * REQUESTS]
        self.names = tuple(tuple(prompts[place::ITEMS]) for place in range(ITEMS))

    def session(self, name: str) -> Answers:
        share = 0.0 if self.backends is None else self.rng.beta(self.backends, self.backends)

        def answers(asked: str, many: int) -> tuple[Draw, ...]:
            draws = []
            for elsewhere in self.rng.random(many) < share:
                pool = self.pools[2 if self.moved else int(elsewhere)][asked]
                draw = pool[self.rng.integers(len(pool))]
                draws.append(Draw(draw.text, session=name, outcome=float(len(draw.text) < 100)))
            return tuple(draws)

        return answers


@dataclass
class Fresh:
    """A session of the pipeline (``pytest_llm.drift.item.Session``) over a source."""

    name: str
    answers: Answers
    baseline: dict[str, tuple[Draw, ...]]
    fresh: dict[str, tuple[Draw, ...]] = field(default_factory=dict)
    stopped: str = ""

    def take(self, plan: Sequence[tuple[str, int]]) -> None:
        for name, many in plan:
            self.fresh[name] = tuple(replace(draw, session=self.name) for draw in self.answers(name, many))

    def probes(self, names: Sequence[str], *, behaviour: bool = True) -> list[Probe]:
        return [
            Probe(name, self.baseline[name], self.fresh.get(name, ()), greedy=name.endswith(" greedy"))
            for name in names
        ]


def plans(source: Source) -> list[list[Planned]]:
    """Return what each item asks: greedy twins where the source has them, then the requests."""
    twins = isinstance(source, Words)
    return [
        [Planned(f"{name} greedy", GREEDY, greedy=True) for name in item if twins]
        + [Planned(name, SAMPLED, late=5) for name in item]
        for item in source.names
    ]


def rules() -> tuple[Settings, Settings]:
    strict, loose = settings_of(RUN_LENGTH, ITEMS)
    least = max(PERMUTATIONS, int(1 / strict.alpha) + 1)
    return replace(strict, permutations=least), replace(loose, permutations=PERMUTATIONS)


@dataclass
class Stream:
    """Night after night against one baseline."""

    source: Source
    sessions: int
    per_night: bool = False
    history: list[Run] = field(default_factory=list)
    nights: int = 0

    def __post_init__(self) -> None:
        self.plans = plans(self.source)
        self.before: dict[str, tuple[Draw, ...]] = {}
        for number in range(self.sessions):
            answers = self.source.session(f"before {number}")
            for one in (planned for plan in self.plans for planned in plan):
                self.before[one.name] = (*self.before.get(one.name, ()), *answers(one.name, BASELINE[self.sessions]))

    def night(self) -> tuple[bool, bool]:
        """Return whether a night warns or fails, be it an item or the suite, and whether it fails."""
        self.nights += 1
        opened: dict[int, Answers] = {}

        def opens(number: int) -> Fresh:
            if number not in opened:  # the items of a run share its sessions
                opened[number] = opened[1] if self.per_night and opened else self.source.session("fresh")
            return Fresh(f"{self.nights}/{number}", opened[number], self.before)

        looked = {f"test_{place}": look_at(plan, opens, rules()) for place, plan in enumerate(self.plans)}
        return self.judged(looked)

    def judged(self, looked: dict[str, Looked]) -> tuple[bool, bool]:
        probes = [one.probes for one in looked.values()]
        suite = judge_night(looked, RUN_LENGTH)
        assert suite is not None
        whole = seen_again(suite, probes, self.history, RUN_LENGTH)
        self.history.append(Run("", "", whole.kind, whole.level, "", baseline_of(probes)))
        verdicts = [whole, *(one.verdict for one in looked.values())]
        return any(one.changed for one in verdicts), any(one.level == "FAIL" for one in verdicts)


CELLS: dict[str, tuple[Callable[[np.random.Generator], Source], bool]] = {
    "words, none": (Words, False),
    "words, own log-odds": (partial(Words, spread=0.5), False),
    "words, two backends": (partial(Words, backends=0.5), False),
    "words, two backends, by night": (partial(Words, backends=0.5), True),
    "answers, none": (Recorded, False),
    "answers, two backends": (partial(Recorded, backends=0.5), False),
}


def quiet(cell: str, sessions: int, seed: int) -> list[tuple[bool, bool]]:
    source, per_night = CELLS[cell]
    stream = Stream(source(np.random.default_rng([seed, sessions])), sessions, per_night)
    return [stream.night() for _ in range(NIGHTS)]


def until_failure(cell: str, sessions: int, seed: int) -> int | None:
    """Return after how many nights a change fails, None for not within ten."""
    source, per_night = CELLS[cell]
    stream = Stream(source(np.random.default_rng([seed, sessions])), sessions, per_night)
    stream.source.moved = True
    return next((number for number in range(1, 11) if stream.night()[1]), None)


def row(cell: str, sessions: int, streams: int, pool: ProcessPoolExecutor) -> list[object]:
    found = list(pool.map(partial(quiet, cell, sessions), range(streams)))
    warned = [sum(night[0] for night in one) / NIGHTS for one in found]
    # A stream has one baseline, so its nights are no independent trials: the error is that of the streams' mean.
    error = np.std(warned, ddof=1) / streams**0.5
    failed = [sum(night[1] for night in one) for one in found]
    after = list(pool.map(partial(until_failure, cell, sessions), range(streams)))
    return [
        cell,
        sessions,
        f"{np.mean(warned):.3f} ± {error:.3f}",
        f"{sum(failed) / streams / NIGHTS:.3f} ({sum(failed)} of {streams * NIGHTS})",
        f"{sum(map(bool, failed))} of {streams}",
        *(sum(one is not None and one <= limit for one in after) for limit in (1, 3, 10)),
    ]


def main(streams: int, *cells: str) -> None:
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    rows = []
    with ProcessPoolExecutor(2) as pool:
        for cell in cells or CELLS:
            for sessions in (1, 8):
                rows.append(row(cell, sessions, streams, pool))
                print(rows[-1], file=sys.stderr, flush=True)
    head = ["how sessions differ", "baseline sessions", "nights that warn or fail (nominal 0.05)", "nights that fail"]
    print(table([*head, "months with a failure", "a change failed in night 1", "by 3", "by 10"], rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40, *sys.argv[2:])
