"""A miss fails the test whatever the code under test makes of it."""

from __future__ import annotations

import pytest

from .project import Project

RECORDED = """
    import pytest

    def test_it(llm):
        llm.ask("Hi")
"""
WAYS = {
    "except Exception": """
        def test_it(llm):
            try:
                llm.ask("Ho")
            except Exception:
                pass
    """,
    "except BaseException": """
        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                pass
    """,
    "the fallback of an application": """
        def answer(client):
            for model in ("gpt-4.1", "gpt-4.1-mini"):
                try:
                    return client.using(model).ask("Ho").text
                except BaseException:
                    continue
            return "Sorry, I cannot answer now."

        def test_it(llm):
            assert answer(llm)
    """,
    "a failing assertion afterwards": """
        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                answer = "sorry"
            assert answer == "Ho"
    """,
    "a skip afterwards": """
        import pytest

        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                pytest.skip("no model")
    """,
    "an xfail afterwards": """
        import pytest

        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                pytest.xfail("no model")
    """,
    "raises Exception": """
        import pytest

        def test_it(llm):
            with pytest.raises(Exception):
                llm.ask("Ho")
    """,
    "raises BaseException": """
        import pytest

        def test_it(llm):
            with pytest.raises(BaseException):
                llm.ask("Ho")
    """,
    "a thread": """
        import threading

        def test_it(llm):
            def work():
                try:
                    llm.ask("Ho")
                except BaseException:
                    pass
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    """,
    "a pool of threads": """
        from concurrent.futures import ThreadPoolExecutor

        def test_it(llm):
            with ThreadPoolExecutor(2) as pool:
                futures = [pool.submit(llm.ask, "Ho") for _ in range(2)]
    """,
    "a task group": """
        import asyncio

        def test_it(async_llm):
            async def main():
                async with asyncio.TaskGroup() as group:
                    group.create_task(async_llm.ask("Ho"))
                    group.create_task(async_llm.ask("Ha"))
            asyncio.run(main())
    """,
    "a swallowed task group": """
        import asyncio

        def test_it(async_llm):
            async def main():
                try:
                    async with asyncio.TaskGroup() as group:
                        group.create_task(async_llm.ask("Ho"))
                        group.create_task(async_llm.ask("Ha"))
                except BaseException:
                    pass
            try:
                asyncio.run(main())
            except BaseException:
                pass
    """,
    "gather that returns exceptions": """
        import asyncio

        def test_it(async_llm):
            async def main():
                try:
                    await asyncio.gather(async_llm.ask("Ho"), async_llm.ask("Ha"), return_exceptions=True)
                except BaseException:
                    pass
            try:
                asyncio.run(main())
            except BaseException:
                pass
    """,
    "a stream": """
        def test_it(llm):
            try:
                list(llm.stream("Ho"))
            except BaseException:
                pass
    """,
    "an SDK that retries": """
        def test_it(openai_client):
            messages = [{"role": "user", "content": "Ho"}]
            try:
                client = openai_client.with_options(max_retries=5)
                client.chat.completions.create(model="gpt-4o-mini", messages=messages)
            except BaseException:
                pass
    """,
    "xfail": """
        import pytest

        @pytest.mark.xfail
        def test_it(llm):
            llm.ask("Ho")
    """,
    "xfail that swallows": """
        import pytest

        @pytest.mark.xfail(strict=False)
        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                pass
    """,
    "xfail with raises": """
        import pytest

        @pytest.mark.xfail(raises=BaseException)
        def test_it(llm):
            llm.ask("Ho")
    """,
}


@pytest.mark.parametrize("source", [pytest.param(source, id=way) for way, source in WAYS.items()])
def test_a_miss_cannot_be_swallowed_by(project: Project, source: str) -> None:
    project.write(RECORDED)
    project.record()
    project.write(source)

    result = project.run("-p", "no:threadexception")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*No recording of this request in __llm__/test_it/test_it.cassette.json*"])
    result.stdout.fnmatch_lines(["UNRECORDED test_it.py::test_it - *"])
    assert project.provider.asked == ["Hi"]


FIXTURES = {
    "setup": """
        import pytest

        @pytest.fixture
        def summary(llm):
            {call}
            yield

        def test_it(summary):
            pass
    """,
    "teardown": """
        import pytest

        @pytest.fixture
        def summary(llm):
            yield
            {call}

        def test_it(summary):
            pass
    """,
}
CALLS = {"raised": 'llm.ask("Ho")', "swallowed": "try: llm.ask('Ho')\n            except BaseException: pass"}


@pytest.mark.parametrize("when", FIXTURES)
@pytest.mark.parametrize("how", CALLS)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_miss_in_a_fixture_is_an_error_of_its_test(
    project: Project, when: str, how: str, workers: tuple[str, ...]
) -> None:
    project.write(FIXTURES[when].format(call=CALLS[how]))

    result = project.run(*workers)

    result.assert_outcomes(failed=1, passed=0 if when == "setup" else 1)
    result.stdout.fnmatch_lines(
        ["*No recording of this request: *", "UNRECORDED test_it.py::test_it - no cassette yet"]
    )


def test_a_keyboard_interrupt_is_not_taken_for_a_miss(project: Project) -> None:
    project.write("""
        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                raise KeyboardInterrupt
    """)

    result = project.run(subprocess=True)

    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_the_next_test_is_not_blamed_for_a_miss(project: Project) -> None:
    project.write("""
        def test_it(llm):
            try:
                llm.ask("Ho")
            except BaseException:
                pass

        def test_next(llm):
            pass

        def test_plain():
            pass
    """)

    result = project.run()

    result.assert_outcomes(failed=1, passed=2)


def test_a_miss_shows_the_line_that_asked_even_when_it_was_swallowed(project: Project) -> None:
    project.write("""
        def ask_somehow(client):
            try:
                return client.ask("Ho").text
            except BaseException:
                return ""

        def test_it(llm):
            ask_somehow(llm)
    """)

    result = project.run()

    result.stdout.fnmatch_lines([">*return client.ask(*Ho*).text"])
