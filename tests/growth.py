"""How the CPU time of work grows with the size of its input, which is the same on a slow and on a busy machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import process_time
from timeit import timeit
from typing import TypeVar

Input = TypeVar("Input")

LIMIT = 24  # linear work takes 8 times as long on an input 8 times as large, quadratic work 64 times
_FLOOR = 0.002  # seconds on the smaller input, which is enlarged to take them: then noise decides nothing
_LARGEST = 500_000


def growth(work: Callable[[Input], object], make: Callable[[int], Input], size: int = 8_000) -> float:
    """Return how many times longer the work takes on an input 8 times as large.

    ``make`` makes an input of a size. The smaller input has the one given, or more if it takes no time that could be
    measured; what is quadratic on a much smaller one already is told from that, lest the test take minutes.
    """
    work(make(size // 10))  # what is loaded or compiled at its first use
    least = size // 9
    while _once(work, make(least)) < _FLOOR and least < _LARGEST:
        least += least // 2
    ratio = _ratio(work, make, least)
    return ratio if ratio >= LIMIT or least > size // 2 else _ratio(work, make, size)


def repeated(piece: str, after: str = "") -> Callable[[int], str]:
    """Return what makes texts of about a given length: ``after``, and then the piece over and over."""
    return lambda size: after + piece * (size // len(piece))


def _ratio(work: Callable[[Input], object], make: Callable[[int], Input], size: int, tries: int = 3) -> float:
    ratio = _once(work, make(8 * size)) / max(_seconds(work, make, size), _FLOOR)
    if ratio < LIMIT or tries == 1:
        return ratio
    return min(ratio, _ratio(work, make, size + size // 10, tries - 1))


def _seconds(work: Callable[[Input], object], make: Callable[[int], Input], size: int) -> float:
    # The inputs differ a little, so that nothing is remembered from one to the next.
    return min(_once(work, make(size + more * size // 50)) for more in (1, 2, 3))


def _once(work: Callable[[Input], object], value: Input) -> float:
    return timeit(partial(work, value), timer=process_time, number=1)
