"""``--llm-max-calls``, ``--llm-max-cost``, ``--llm-concurrency``, and the figures of the summary."""

from __future__ import annotations

import json
import re

import pytest

from .project import Project, section
from .server import Provider

THREE = """
    import pytest

    @pytest.mark.parametrize("number", range({count}))
    def test_it(llm, number):
        assert llm.ask(f"Question {{number}}.").text
"""
ASKED_TWICE = """
    def test_it(llm):
        llm.using("gpt-4o").ask("One.", max_tokens=100)
        llm.using("gpt-4o").ask("Two.", max_tokens=100)
"""


def test_no_more_calls_are_made_than_allowed(project: Project, provider: Provider) -> None:
    project.write(THREE.format(count=3))

    result = project.run("--llm-record=once", "--llm-max-calls=2")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *BudgetExceededError: 2 of 2 live calls are used up, so this one was not made. "
            "Raise --llm-max-calls to allow more."
        ]
    )
    result.stdout.fnmatch_lines(["FAILED test_it.py::test_it[[]2] - 2 of 2 live calls are used up, *"])
    assert len(provider.calls) == 2


def test_workers_share_the_calls(project: Project, provider: Provider) -> None:
    project.write(THREE.format(count=12))

    result = project.run("--llm-record=once", "--llm-max-calls=5", "-n", "2")

    result.assert_outcomes(passed=5, failed=7)
    assert len(provider.calls) == 5
    assert len(project.interactions()) == 5


def test_replaying_needs_no_budget(project: Project) -> None:
    project.write(THREE.format(count=3))
    project.record()

    project.run("--llm-max-calls=0", "--llm-max-cost=0").assert_outcomes(passed=3)


def test_a_call_that_may_cost_too_much_is_not_made(project: Project, provider: Provider) -> None:
    project.write(ASKED_TWICE)
    project.ini(llm_base_url=provider.url.replace("127.0.0.1", "localtest.me"))
    project.write(
        """
        import socket

        import pytest

        real = socket.getaddrinfo

        @pytest.fixture(autouse=True)
        def remote(monkeypatch):
            def here(host, *args, **kwargs):
                return real("127.0.0.1" if host in ("localtest.me", b"localtest.me") else host, *args, **kwargs)
            monkeypatch.setattr(socket, "getaddrinfo", here)
        """,
        "conftest.py",
    )

    result = project.run("--llm-record=once", "--llm-max-cost=0.00113", subprocess=True)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *BudgetExceededError: under $0.0001 of $0.001? are spent and this call may cost $0.00?? more, so it was "
            "not made. Raise --llm-max-cost to allow it."
        ]
    )
    assert provider.asked == ["One."]


def test_a_budget_of_money_refuses_a_model_without_a_price(project: Project, provider: Provider) -> None:
    project.ini(llm_base_url="http://models.example/v1")
    project.write("def test_it(llm):\n    llm.using('house-model').ask('Hi')\n")

    result = project.run("--llm-record=once", "--llm-max-cost=1")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *BudgetExceededError: --llm-max-cost=1 cannot be kept: no price is known for 'house-model'. "
            "Give it one by the hook pytest_llm_prices, or limit calls instead: --llm-max-calls"
        ]
    )


def test_a_refused_call_cannot_be_swallowed(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            try:
                llm.ask("Hi")
            except BaseException:
                pass
    """)

    result = project.run("--llm-record=once", "--llm-max-calls=0")

    result.assert_outcomes(failed=1)
    assert provider.calls == []


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_calls_are_in_flight_than_allowed(project: Project, provider: Provider, limit: int) -> None:
    provider.seconds = 0.02
    provider.together = limit
    project.write("""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        def test_threads(llm):
            with ThreadPoolExecutor(10) as pool:
                assert len(list(pool.map(llm.ask, [f"Question {n}." for n in range(10)]))) == 10

        def test_tasks(async_llm):
            async def main():
                await asyncio.gather(*(async_llm.ask(f"Question {n}.") for n in range(10)))
            asyncio.run(main())
    """)

    result = project.run("--llm-record=once", f"--llm-concurrency={limit}")

    result.assert_outcomes(passed=2)
    assert provider.most_in_flight == limit


def test_the_summary_counts_what_was_replayed_and_recorded(project: Project, provider: Provider) -> None:
    project.write("def test_it(llm):\n    llm.using('gpt-4').ask('One.')\n")
    project.record()
    text = project.cassette().read_text("utf-8")
    project.cassette().write_text(re.sub(r'"latency": [\d.]+', '"latency": 2.5', text), encoding="utf-8")
    project.write("""
        def test_it(llm):
            llm.using("gpt-4").ask("One.")
            llm.using("gpt-4").ask("Two.")
            llm.using("gpt-4").ask("Three.")
    """)

    result = project.run("--llm-record=missing")

    assert section(result) == ["1 call replayed (saved $0.0006 and 2.5 s), 2 calls recorded ($0.0012 spent)."]


def test_nothing_is_said_of_a_run_without_calls(project: Project) -> None:
    project.write("def test_it(llm):\n    pass\n")

    result = project.run()

    assert section(result) == []


def test_a_long_recording_shows_its_progress(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_llm.plugin.progress._EVERY_SECONDS", 0.0)
    project.write(THREE.format(count=2))

    result = project.run("--llm-record=once")

    shown = [re.sub(r"[\d,.]+ calls/s", "N calls/s", line) for line in result.outlines if line.startswith("llm: ")]
    assert shown[:2] == [
        "llm: 1 live call, under $0.0001, N calls/s",
        "llm: 2 live calls, under $0.0001, N calls/s",
    ]


def test_prices_count_the_tokens_that_the_provider_counted(project: Project) -> None:
    project.write("def test_it(llm):\n    llm.using('gpt-4').ask('One.')\n")

    project.record()

    (entry,) = project.interactions()
    assert json.loads(json.dumps(entry["usage"])) == {"input_tokens": 10, "output_tokens": 5}
