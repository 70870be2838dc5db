"""How often each decision rule is wrong where it has nothing to find, and how many calls the sequential rules need.

python -m benchmarks.false_alarms [counts] [scores] [many] [contrasts] [calls]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_llm.stats.intervals import lower_bound, mean_interval, upper_bound
from pytest_llm.stats.multiplicity import benjamini_hochberg, e_bh
from pytest_llm.stats.noninferiority import (
    caffo_z,
    paired_score_tails,
    paired_tails,
    unpaired_score_tails,
    unpaired_tails,
)
from pytest_llm.stats.paired import mcnemar, paired_difference, wilcoxon
from pytest_llm.stats.score import tango_z
from pytest_llm.stats.sequential import BettingTest, Sprt
from pytest_llm.stats.unpaired import newcombe, rate_difference, score_difference

RUNS = 10_000
SIZES = (5, 20, 100)
RATES = (0.5, 0.9, 0.99)
ALPHA = 0.05
MARGIN = 0.05
PEERS = {0.5: 0.7, 0.9: 0.97, 0.99: 0.999}  # what Sprt tells each rate from
LONGEST = 2_000

Rng = np.random.Generator
Rule = Callable[[Rng, int, float, int], float]
Table = NDArray[np.bool_]


def paths(rng: Rng, runs: int, n: int, rate: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the successes and failures of each run after each of its trials, of shape (runs, n)."""
    successes = (rng.random((runs, n)) < rate).cumsum(axis=1)
    return successes, np.arange(1, n + 1) - successes


def states(n: int, holds: Callable[[int, int], bool]) -> Table:
    """Return where a rule holds, by successes and failures."""
    table = np.zeros((n + 1, n + 1), dtype=bool)
    for total in range(1, n + 1):
        for successes in range(total + 1):
            table[successes, total - successes] = holds(successes, total - successes)
    return table


def betting(bound: float, successes: int, failures: int) -> BettingTest:
    test = BettingTest(bound, 1 - ALPHA)
    test.successes, test.failures = successes, failures
    return test


def above(bound: float) -> Callable[[int, int], bool]:
    return lambda successes, failures: betting(bound, successes, failures).e_above >= 1 / ALPHA


def below(bound: float) -> Callable[[int, int], bool]:
    return lambda successes, failures: betting(bound, successes, failures).e_below >= 1 / ALPHA


def excluded(rate: float) -> Callable[[int, int], bool]:
    def holds(successes: int, failures: int) -> bool:
        test = betting(rate, successes, failures)
        return max(test.e_above, test.e_below) >= 2 / ALPHA

    return holds


def ratio(p0: float, p1: float) -> Callable[[int, int], bool]:
    def holds(successes: int, failures: int) -> bool:
        test = Sprt(p0, p1, ALPHA, ALPHA)
        test.successes, test.failures = successes, failures
        return test.log_ratio >= -np.log(ALPHA)

    return holds


def ever(make: Callable[[float], Callable[[int, int], bool]]) -> Rule:
    """Return the share of runs in which a rule ever holds, looked at after every trial."""

    def measure(rng: Rng, n: int, rate: float, runs: int) -> float:
        return float(states(n, make(rate))[paths(rng, runs, n, rate)].any(axis=1).mean())

    return measure


def at_the_end(make: Callable[[float], Callable[[int, int], bool]]) -> Rule:
    """Return the share of runs in which a rule holds after the last trial."""

    def measure(rng: Rng, n: int, rate: float, runs: int) -> float:
        counts = rng.binomial(n, rate, runs)
        return float(states(n, make(rate))[counts, n - counts].mean())

    return measure


def bound_above(rate: float) -> Callable[[int, int], bool]:
    # The bound to be met is a hair above the truth: "at least" would be right at the truth itself.
    return lambda successes, failures: lower_bound(successes, successes + failures, 1 - ALPHA) > rate


def bound_below(rate: float) -> Callable[[int, int], bool]:
    return lambda successes, failures: upper_bound(successes, successes + failures, 1 - ALPHA) < rate


def critical(z: NDArray[Any], p_of: Callable[[int, int], float]) -> Table:
    """Return where p <= alpha, for a p-value that falls as z rises: found by halving, one p-value at a time."""
    values = np.unique(z.round(9))
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        one, other = (int(place) for place in np.argwhere(z.round(9) == values[middle])[0])
        low, high = (low, middle) if p_of(one, other) <= ALPHA else (middle + 1, high)
    return np.asarray(z.round(9) >= (values[low] if low < len(values) else np.inf))


def pairs(table: Callable[[int], Table], fall: float = 0.0) -> Rule:
    """Return how often a rule of (lost, gained) decides, for outcomes that are independent, fallen by ``fall``."""

    def measure(rng: Rng, n: int, rate: float, runs: int) -> float:
        lost, gained = rate * (1 - rate + fall), (1 - rate) * (rate - fall)
        counts = rng.multinomial(n, (lost, gained, 1 - lost - gained), runs)
        return float(table(n)[counts[:, 0], counts[:, 1]].mean())

    return measure


def samples(table: Callable[[int], Table], fall: float = 0.0) -> Rule:
    """Return how often a rule of (successes before, successes after) decides, for rates fallen by ``fall``."""

    def measure(rng: Rng, n: int, rate: float, runs: int) -> float:
        return float(table(n)[rng.binomial(n, rate, runs), rng.binomial(n, rate - fall, runs)].mean())

    return measure


def of_pairs(side: int) -> Callable[[int], Table]:
    def make(n: int) -> Table:
        lost, gained = np.indices((n + 1, n + 1))
        possible = lost + gained <= n
        z = np.where(possible, tango_z(np.where(possible, lost, 0), np.where(possible, gained, 0), n, -MARGIN), 0.0)
        return critical(z * (1 if side == 0 else -1), lambda b, c: paired_tails(b, c, n, MARGIN)[side])

    return make


def of_samples(side: int) -> Callable[[int], Table]:
    def make(n: int) -> Table:
        one, two = np.indices((n + 1, n + 1))
        z = caffo_z(one, n, two, n, MARGIN) * (1 if side == 0 else -1)
        return critical(z, lambda a, b: unpaired_tails((a, n), (b, n), MARGIN)[side])

    return make


def cells(decide: Callable[[int, int, int], bool]) -> Callable[[int], Table]:
    return lambda n: np.array([[decide(a, b, n) for b in range(n + 1)] for a in range(n + 1)])


def fisher(a: int, b: int, n: int) -> bool:
    # The p-value of many of the cells is far from alpha; only the others are worth its time.
    return abs(a - b) ** 2 > n / 4 and rate_difference((a, n), (b, n)).p <= ALPHA


def scores(decide: Callable[[list[float], list[float]], bool], fall: float = 0.0) -> Rule:
    """Return how often a rule of scores decides: grades of 1 to 5 on cases of unlike difficulty, fallen by ``fall``."""

    def measure(rng: Rng, n: int, rate: float, runs: int) -> float:
        ease = np.clip(rng.beta(8 * rate, 8 * (1 - rate), (runs, n)), 0.0, 1.0)
        before, after = (1 + rng.binomial(4, ease) for _ in range(2))
        return float(np.mean([decide(a.tolist(), b.tolist()) for a, b in zip(before, after - fall, strict=True)]))

    return measure


def fallen_less(before: list[float], after: list[float]) -> bool:
    return paired_score_tails(np.subtract(after, before).tolist(), MARGIN)[0] <= ALPHA


def fallen_less_unpaired(before: list[float], after: list[float]) -> bool:
    return unpaired_score_tails(before, after, MARGIN)[0] <= ALPHA


def clustered(rng: Rng, n: int, rate: float, runs: int) -> float:
    """Return how often the clustered t finds a change in 5 trials of each of n cases, whose rates differ."""
    ease = rng.beta(4 * rate, 4 * (1 - rate), (runs, n, 1))
    cases = np.repeat(np.arange(n), 5).tolist()
    before, after = (rng.binomial(1, np.broadcast_to(ease, (runs, n, 5))).reshape(runs, -1) for _ in range(2))
    found = [
        paired_difference(a.tolist(), b.tolist(), clusters=cases).p <= ALPHA for a, b in zip(before, after, strict=True)
    ]
    return float(np.mean(found))


def discoveries(rng: Rng, n: int, rate: float, runs: int) -> float:
    """Return the share of false discoveries by BH among 20 comparisons of n cases, of which 15 have nothing to find."""
    table: dict[tuple[int, int], float] = {}
    worse = max(0.0, rate - 0.3)
    chances = [(rate * (1 - rate), rate * (1 - rate))] * 15 + [(rate * (1 - worse), (1 - rate) * worse)] * 5
    counts = np.stack([rng.multinomial(n, (b, c, 1 - b - c), runs)[:, :2] for b, c in chances], axis=1)
    shares = []
    for run in counts.tolist():
        p_values = [table.setdefault((b, c), -1.0) for b, c in run]
        for place, (b, c) in enumerate(run):
            if p_values[place] < 0:
                p_values[place] = table[b, c] = mcnemar(b, c)
        found = benjamini_hochberg(p_values, ALPHA)
        shares.append(sum(found[:15]) / max(1, sum(found)))
    return float(np.mean(shares))


def e_discoveries(rng: Rng, n: int, rate: float, runs: int) -> float:
    """Return the share of false discoveries by e-BH among 20 betting tests, each stopped when it is enough alone."""
    table = np.array([[betting(rate, a, b).e_below if a + b <= n else 0.0 for b in range(n + 1)] for a in range(n + 1)])
    truths = [rate] * 15 + [max(0.0, rate - 0.3)] * 5
    # The e-values where each test stops: at its own end or at 1 / alpha, whichever comes first.
    stopped = []
    for truth in truths:
        values = table[paths(rng, runs, n, truth)]
        first = np.where((values >= 20 / ALPHA).any(axis=1), (values >= 20 / ALPHA).argmax(axis=1), n - 1)
        stopped.append(values[np.arange(runs), first])
    found = [e_bh(row, ALPHA) for row in np.stack(stopped, axis=1).tolist()]
    return float(np.mean([sum(one[:15]) / max(1, sum(one)) for one in found]))


COUNTS: dict[str, Rule] = {
    "rate at least the bound, exact bound, one look": at_the_end(bound_above),
    "rate at most the bound, exact bound, one look": at_the_end(bound_below),
    "`BettingTest` above, a look after every trial": ever(above),
    "`BettingTest` below, a look after every trial": ever(below),
    "`BettingTest.interval` ever without the truth": ever(excluded),
    "`Sprt` for p1, a look after every trial": ever(lambda rate: ratio(rate, PEERS[rate])),
    "`mcnemar`": pairs(cells(lambda b, c, n: mcnemar(b, c) <= ALPHA)),
    "`no_worse`, pass/fail, fallen by the margin": pairs(of_pairs(0), MARGIN),
    "`no_worse` says worse, pass/fail, fallen by the margin": pairs(of_pairs(1), MARGIN),
    "`rate_difference` (Fisher)": samples(cells(fisher)),
    "`no_worse_rates`, fallen by the margin": samples(of_samples(0), MARGIN),
    "`no_worse_rates` says worse, fallen by the margin": samples(of_samples(1), MARGIN),
}
SCORES: dict[str, Rule] = {
    "`wilcoxon`, grades 1 to 5": scores(lambda a, b: wilcoxon(np.subtract(b, a).tolist()) <= ALPHA),
    "`no_worse`, grades, fallen by the margin": scores(fallen_less, MARGIN),
    "`paired_difference` clustered, 5 trials a case": clustered,
    "`score_difference` (Welch), grades": scores(lambda a, b: score_difference(a, b).p <= ALPHA),
    "`no_worse_scores`, grades, fallen by the margin": scores(fallen_less_unpaired, MARGIN),
}
MANY: dict[str, Rule] = {
    "`benjamini_hochberg`, 20 McNemar tests, 15 null": discoveries,
    "`e_bh`, 20 betting tests, 15 null": e_discoveries,
}
CONTRASTS: dict[str, Rule] = {
    "exact bound, but a look after every trial": ever(bound_above),
    "Newcombe's interval without 0": samples(cells(lambda a, b, n: 0.0 not in newcombe((a, n), (b, n)))),
    "Student's interval of a pass/fail mean without the truth": at_the_end(
        lambda rate: lambda s, f: s + f > 1 and rate not in mean_interval([1.0] * s + [0.0] * f, 1 - ALPHA)
    ),
}


def table(rules: dict[str, Rule], runs: int) -> Iterator[str]:
    yield "| n | " + " | ".join(str(n) for n in SIZES for _ in RATES) + " |"
    yield "|---|" + "---:|" * 9
    yield "| true rate | " + " | ".join(f"{rate:g}" for _ in SIZES for rate in RATES) + " |"
    for name, rule in rules.items():
        rng = np.random.default_rng(20261126)
        cells = [rule(rng, n, rate, runs) for n in SIZES for rate in RATES]
        yield f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


def needed(rng: Rng, rate: float, make: Callable[[int, int], bool], other: Callable[[int, int], bool]) -> NDArray[Any]:
    """Return the trials after which each run is decided for the truth; infinite where it never is or wrongly."""
    n = 300
    counts = paths(rng, RUNS, n, rate)
    right, wrong = states(n, make)[counts], states(n, other)[counts]
    first = np.where(right.any(axis=1), right.argmax(axis=1) + 1, np.inf)
    return np.where(wrong.any(axis=1) & (wrong.argmax(axis=1) + 1 < first), np.inf, first)


def fixed(rate: float, bound: float) -> tuple[int, int]:
    """Return the trials a fixed-n exact test needs to tell a rate from a bound with 50 % and with 95 % power."""
    from scipy.stats import binom

    found: list[int] = []
    for power in (0.5, 0.95):
        for n in range(1, LONGEST):
            counts = np.arange(n + 1)
            tail = binom.sf(counts - 1, n, bound) if rate > bound else binom.cdf(counts, n, bound)
            shown = tail <= ALPHA
            if binom.pmf(counts, n, rate)[shown].sum() >= power:
                found.append(n)
                break
    return found[0], found[1]


def calls() -> Iterator[str]:
    yield (
        "| true rate | bound | `BettingTest` median | 9 in 10 within | decided in 300 | `Sprt` median "
        "| Wald's own | fixed n, power 50 % | fixed n, power 95 % |"
    )
    yield "|" + "---:|" * 9
    for rate, bound in (
        (0.99, 0.9),
        (1.0, 0.9),
        (0.97, 0.9),
        (0.95, 0.9),
        (0.6, 0.9),
        (0.8, 0.9),
        (0.5, 0.9),
        (0.85, 0.95),
    ):
        rng = np.random.default_rng(20261126)
        sides = (above(bound), below(bound)) if rate > bound else (below(bound), above(bound))
        ours = needed(rng, rate, *sides)
        peer = min(rate, 0.9999)
        sprt = needed(rng, rate, ratio(bound, peer), ratio(peer, bound))
        wald = needed(rng, rate, odds(bound, peer), odds(peer, bound))
        late = np.quantile(ours, 0.9, method="higher")
        few, many = fixed(rate, bound)
        within = f"{late:.0f}" if np.isfinite(late) else "over 300"
        yield (
            f"| {rate:g} | {bound:g} | {np.median(ours):.0f} | {within} | {np.isfinite(ours).mean():.1%} "
            f"| {np.median(sprt):.0f} | {np.median(wald):.0f} | {few} | {many} |"
        )


def odds(p0: float, p1: float) -> Callable[[int, int], bool]:
    """Return Wald's own rule with both errors at alpha."""

    def holds(successes: int, failures: int) -> bool:
        test = Sprt(p0, p1, ALPHA, ALPHA)
        test.successes, test.failures = successes, failures
        return test.log_ratio >= np.log((1 - ALPHA) / ALPHA)

    return holds


SECTIONS = {"counts": COUNTS, "scores": SCORES, "many": MANY, "contrasts": CONTRASTS}


def main() -> None:
    error = 2 * (ALPHA * (1 - ALPHA) / RUNS) ** 0.5
    print(f"{RUNS} runs a cell; nominal {ALPHA}, two standard errors of the simulation {error:.4f}\n")
    for name in sys.argv[1:] or (*SECTIONS, "calls"):
        for line in calls() if name == "calls" else table(SECTIONS[name], RUNS):
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
