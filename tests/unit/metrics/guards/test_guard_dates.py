"""Dates and times: formats that are equal, and days, months, years and hours that are not."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> str | None:
    found = differences(reference, text, ["dates"])
    return found[0].message.partition(": ")[2] if found else None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("It was signed on March 3, 2024.", "It was signed on 3 March 2024.", id="formats"),
        pytest.param("It was signed on 2024-03-03.", "It was signed on March 3rd, 2024.", id="iso"),
        pytest.param("It was signed on 03/03/2024.", "It was signed on 3 March 2024.", id="slashes"),
        pytest.param("It is due on 12/05/2023.", "It is due on 12 May 2023.", id="day first"),
        pytest.param("It is due on 12/05/2023.", "It is due on December 5, 2023.", id="month first"),
        pytest.param("It starts at 3 pm.", "It starts at 15:00.", id="pm"),
        pytest.param("It ends at noon.", "It ends at 12 p.m.", id="noon"),
        pytest.param("It starts at 18:30.", "It starts at half past six in the evening.", id="half past"),
        pytest.param("It is open Monday to Friday.", "It is open on weekdays.", id="weekdays"),
        pytest.param("It is closed on Mondays.", "It is closed every Monday.", id="plural"),
        pytest.param("It ended in May 2024.", "It ended in May.", id="year left out"),
        pytest.param("It is due on Mar 3.", "It is due on March 3.", id="abbreviation"),
        pytest.param("It grew in Q3.", "It grew in the third quarter.", id="quarter"),
        pytest.param("You may pay in April.", "Pay in April.", id="modal"),
        pytest.param("It starts at 9:30.", "It starts at 9:30 pm.", id="twelve hours"),
    ],
)
def test_dates_that_are_the_same(reference: str, text: str) -> None:
    assert said(reference, text) is None
    assert said(text, reference) is None


@pytest.mark.parametrize(
    ("reference", "text", "difference"),
    [
        pytest.param("Due on 3 March.", "Due on 5 March.", "3 March -> 5 March", id="day"),
        pytest.param("Born in May 1985.", "Born in June 1985.", "May 1985 -> June 1985", id="month"),
        pytest.param("It fell in 1989.", "It fell in 1991.", "1989 -> 1991", id="year"),
        pytest.param("We meet on Tuesday.", "We meet on Thursday.", "Tuesday -> Thursday", id="weekday"),
        pytest.param("It starts at 2 pm.", "It starts at 4 pm.", "2 pm -> 4 pm", id="hour"),
        pytest.param("It leaves at 6:45 am.", "It leaves at 6:45 pm.", "6:45 am -> 6:45 pm", id="half"),
        pytest.param("It closes at noon.", "It closes at midnight.", "noon -> midnight", id="noon"),
        pytest.param("It is due today.", "It is due tomorrow.", "today -> tomorrow", id="relative"),
        pytest.param("Built in the 1850s.", "Built in the 1870s.", "1850s -> 1870s", id="decade"),
        pytest.param("It comes on Sunday morning.", "It comes on Sunday evening.", "morning -> evening", id="part"),
        pytest.param(
            "Due on the 15th of each month.", "Due on the 25th of each month.", "the 15th -> the 25th", id="nth"
        ),
        pytest.param(
            "The survey was done last year.",
            "The survey was done this year.",
            "last year -> this year",
            id="year of reference",
        ),
    ],
)
def test_dates_that_are_different(reference: str, text: str, difference: str) -> None:
    assert said(reference, text) == difference
