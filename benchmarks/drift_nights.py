"""False alarms of the whole pipeline over a month of nights without any change, and how soon a change is confirmed.

python -m benchmarks.drift_nights [streams]

Six items of three requests. The provider answers from a small vocabulary; with session effects each session has its own
odds, drawn anew for each session, which is what several backends behind one name look like. A night asks each request
five times in one session; an alarm is looked at again in a second session of the same night (``confirm``).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.drift_material import table
from pytest_llm.drift.confirmation import alpha_per_run, confirm, merged
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.suite import judge_suite
from pytest_llm.drift.values import Draw, Probe, Verdict

ITEMS, REQUESTS, DRAWS, BASELINE, NIGHTS, WORDS = 6, 3, 5, 24, 30, 6
PERMUTATIONS = 399
Session = list[list[tuple[Draw, ...]]]


@dataclass
class Provider:
    """Answers with one of six words; ``spread`` is how much the log-odds of one session differ from another's."""

    rng: np.random.Generator
    spread: float
    moved: float = 0.0
    sessions: int = 0

    def __post_init__(self) -> None:
        self.odds = self.rng.normal(size=(ITEMS, REQUESTS, WORDS))
        self.change = self.rng.normal(size=(ITEMS, REQUESTS, WORDS))

    def session(self, draws: int = DRAWS) -> Session:
        self.sessions += 1
        own = self.odds + self.rng.normal(size=self.odds.shape) * self.spread + self.change * self.moved
        name = f"session {self.sessions}"
        return [[self.draws(row, name, draws) for row in item] for item in own]

    def draws(self, odds: np.ndarray, session: str, many: int) -> tuple[Draw, ...]:
        share = np.exp(odds) / np.exp(odds).sum()
        return tuple(Draw(f"answer {word}", session=session) for word in self.rng.choice(WORDS, many, p=share))


def probes(baseline: list[Session], fresh: Session) -> dict[str, list[Probe]]:
    return {
        f"test_{item}": [
            Probe(f"{item}.{request}", sum((one[item][request] for one in baseline), ()), fresh[item][request])
            for request in range(REQUESTS)
        ]
        for item in range(ITEMS)
    }


def flat(items: dict[str, list[Probe]]) -> list[Probe]:
    return [probe for one in items.values() for probe in one]


def night(baseline: list[Session], provider: Provider, settings: Settings) -> tuple[bool, bool]:
    """Return whether the night ends with a change reported, and whether as a failure."""
    first = probes(baseline, provider.session())
    found = judge_suite(first, settings).verdict
    if not found.changed:
        return False, False
    looked = flat(first)
    sessions = len({draw.session for probe in looked for draw in probe.baseline})
    confirmed: Verdict = found
    # With a baseline of several sessions as many fresh ones are asked for as the permutation of sessions needs.
    for _ in range(3 if sessions > 1 else 1):
        again = flat(probes(baseline, provider.session()))
        confirmed = confirm(looked, again, settings)
        looked = merged(looked, again)
        if confirmed.level == "FAIL" or not confirmed.changed:
            break
    return confirmed.changed, confirmed.level == "FAIL"


def stream(seed: int, spread: float, sessions: int, settings: Settings, moved: float) -> tuple[int, int]:
    """Return the nights of a month (with a change: the one night after it) that reported a change, and that failed."""
    provider = Provider(np.random.default_rng(seed), spread)
    baseline = [provider.session(BASELINE // sessions) for _ in range(sessions)]
    provider.moved = moved
    nights = [night(baseline, provider, settings) for _ in range(1 if moved else NIGHTS)]
    return sum(warned for warned, _ in nights), sum(failed for _, failed in nights)


def main(streams: int) -> None:
    rows = []
    for spread, sessions in ((0.0, 1), (0.0, 8), (0.5, 1), (0.5, 8)):
        for alpha in (0.05, alpha_per_run(100)):
            settings = Settings(alpha=alpha, permutations=PERMUTATIONS)
            quiet = [stream(seed, spread, sessions, settings, 0.0) for seed in range(streams)]
            moved = [stream(seed, spread, sessions, settings, 2.0) for seed in range(2 * streams)]
            warned, failed = (sum(one[place] for one in quiet) / (streams * NIGHTS) for place in (0, 1))
            seen = sum(one[1] for one in moved) / (2 * streams)
            months = sum(one[1] > 0 for one in quiet) / streams
            effect = "none" if not spread else "log-odds differ by 0.5"
            rows.append(
                [effect, sessions, f"{alpha:g}", f"{warned:.3f}", f"{failed:.3f}", f"{months:.2f}", f"{seen:.2f}"]
            )
            print(rows[-1], file=sys.stderr, flush=True)
    head = ["session effect", "baseline sessions", "nominal", "nights that warn or fail", "nights that fail"]
    print(table([*head, "months with a failure", "a change is confirmed at once"], rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (10,)))
