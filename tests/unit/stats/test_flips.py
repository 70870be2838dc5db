"""Relations over shared prompts: the exact p-value is that of all arrangements, and false alarms are held."""

from __future__ import annotations

from itertools import product
from math import comb, prod

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import proportion_confint

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.flips import held_interval, more_flips, shown
from pytest_llm.stats.multiplicity import adjusted

RUNS = 500
ALPHA = 0.05
MOST = ALPHA + 2 * (ALPHA * (1 - ALPHA) / RUNS) ** 0.5
ANSWERS = {
    "prompts that differ": [[1.0], [0.9, 0.1], [0.5, 0.5], [0.3, 0.3, 0.4]],
    "even": [[0.5, 0.5]],
    "rare flips": [[0.95, 0.05]],
    "hardly ever the same": [[0.2, *[0.02] * 40]],
}


@pytest.mark.parametrize("held", [(3, 5), (1, 5), (5, 5), (0, 4)])
def test_of_one_prompt_it_is_fishers_exact_test(held: tuple[int, int]) -> None:
    ours = more_flips({"a": held}, {"a": (4, 5)})
    table = [[held[1] - held[0], held[0]], [1, 4]]

    assert ours == pytest.approx(float(fisher_exact(table, alternative="greater").pvalue))


def test_of_several_prompts_it_is_the_share_of_all_arrangements() -> None:
    relation, again = {"a": (1, 4), "b": (2, 3), "c": (2, 2)}, {"a": (3, 4), "b": (2, 2), "c": (1, 3), "d": (0, 9)}
    cells = [(4, 4, 4), (3, 2, 1), (2, 3, 2)]
    ways = 0
    for one in product(*(range(flips + 1) for *_, flips in cells)):
        if sum(one) >= 4:
            ways += prod(comb(m, x) * comb(n, flips - x) for x, (m, n, flips) in zip(one, cells, strict=True))

    assert more_flips(relation, again) == pytest.approx(ways / prod(comb(m + n, flips) for m, n, flips in cells))


@pytest.mark.parametrize(
    ("relation", "again"),
    [({"a": (4, 4)}, {"a": (4, 4)}), ({"a": (0, 4)}, {"b": (4, 4)}), ({"a": (0, 4)}, {"a": (0, 4)})],
    ids=["no flip", "other prompts", "all flip"],
)
def test_where_nothing_could_tell_nothing_is_told(
    relation: dict[str, tuple[int, int]], again: dict[str, tuple[int, int]]
) -> None:
    assert more_flips(relation, again) is None


def test_more_held_than_asked_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^Of 'a' more hold than were asked: \(5, 4\), \(4, 4\)\.$"):
        more_flips({"a": (5, 4)}, {"a": (4, 4)})


@pytest.mark.parametrize(("variants", "again"), [(5, 5), (4, 12)])
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_table_without_an_effect_alarms_no_more_often_than_it_says(kind: str, variants: int, again: int) -> None:
    rng = np.random.default_rng(11)
    alarms = sum(min(table(rng, ANSWERS[kind], variants, again), default=1.0) <= ALPHA for _ in range(RUNS))

    assert alarms / RUNS <= MOST


def table(rng: np.random.Generator, kinds: list[list[float]], variants: int, again: int) -> tuple[float, ...]:
    """Return the adjusted p-values of four relations that change nothing, of eight prompts."""
    held: list[dict[int, tuple[int, int]]] = [{} for _ in range(5)]
    for prompt in range(8):
        chances = np.asarray(kinds[int(rng.integers(len(kinds)))])
        first, *others = rng.choice(len(chances), 1 + 4 * variants + again, p=chances / chances.sum()).tolist()
        for place, row in enumerate(held):
            drawn = others[place * variants : (place + 1) * variants] if place < 4 else others[4 * variants :]
            row[prompt] = (drawn.count(first), len(drawn))
    found = (more_flips(row, held[4]) for row in held[:4])
    return adjusted([p for p in found if p is not None])


def test_a_relation_that_flips_more_is_found() -> None:
    prompts = range(6)

    assert more_flips(dict.fromkeys(prompts, (2, 4)), dict.fromkeys(prompts, (4, 4))) == pytest.approx(
        sum_of_chances := (comb(4, 2) / comb(8, 2)) ** 6
    )
    assert sum_of_chances < 1e-3


def test_the_interval_of_equal_numbers_of_variants_is_wilsons_with_prompts_as_its_n() -> None:
    low, high = proportion_confint(3, 6, method="wilson")
    ours = held_interval([(4, 4), (0, 4)] * 3)

    assert (ours.low, ours.high) == pytest.approx((low, high))
    assert shown([(4, 4)] * 3) == "12/12 hold (95% CI 0.44-1.00)"
    assert shown([(1, 4), (0, 1)]) == f"1/5 hold ({held_interval([(1, 4), (0, 1)])})"


def test_variants_that_hold_or_fail_together_are_covered() -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(RUNS):
        ease = rng.beta(0.4, 0.2, 10)
        covered += 2 / 3 in held_interval([(int(held), 4) for held in rng.binomial(4, ease)])

    assert covered / RUNS >= 1 - MOST
