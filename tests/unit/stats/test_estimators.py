"""pass@k and pass^k, against the published estimator and against counting every choice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.estimators import pass_at_k, pass_hat_k

CASES = [(n, c, k) for n in (1, 2, 5, 8) for c in range(n + 1) for k in range(1, n + 1)]


@pytest.mark.parametrize(("n", "c", "k"), [*CASES, (200, 7, 100), (200, 150, 10)])
def test_pass_at_k_equals_the_product_form_of_its_paper(n: int, c: int, k: int) -> None:
    product = 1.0 if n - c < k else 1.0 - float(np.prod(1.0 - k / np.arange(n - c + 1, n + 1)))

    assert pass_at_k(n, c, k) == pytest.approx(product, abs=1e-12)


@pytest.mark.parametrize(("n", "c", "k"), CASES)
def test_both_are_shares_of_all_choices_of_k_trials(n: int, c: int, k: int) -> None:
    choices = list(combinations([True] * c + [False] * (n - c), k))

    assert pass_at_k(n, c, k) == pytest.approx(np.mean([any(one) for one in choices]))
    assert pass_hat_k(n, c, k) == pytest.approx(np.mean([all(one) for one in choices]))


@pytest.mark.parametrize("k", [0, 6, 1.5])
def test_k_beyond_the_trials_is_refused(k: int) -> None:
    message = f"^k must be from 1 to the number of trials, 5, and is {k!r}. Take at least k trials.$"
    with pytest.raises(ConfigurationError, match=message):
        pass_at_k(5, 3, k)
    with pytest.raises(ConfigurationError, match=message):
        pass_hat_k(5, 3, k)
