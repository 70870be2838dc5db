"""The hooks through which others extend the plugin."""

from __future__ import annotations

from .project import Project, section
from .server import Provider

ONE = """
    def test_it(llm):
        assert llm.using("house-model").ask("Hi").text
"""


def test_a_price_of_the_user_is_counted(project: Project) -> None:
    project.write(
        """
        from pytest_llm.prices import Price

        def pytest_llm_prices(config):
            return {"house-model": Price(1000.0, 2000.0)}
        """,
        "conftest.py",
    )
    project.write(ONE)

    recorded, replayed = project.record(), project.run()

    assert section(recorded) == ["1 call recorded ($0.0200 spent)."]
    assert section(replayed)[0].startswith("1 call replayed (saved $0.0200 and ")


def test_each_recorded_call_is_told_with_its_cost(project: Project) -> None:
    project.write(
        """
        from pathlib import Path

        def pytest_llm_recorded(config, interaction, cost):
            with Path("told.txt").open("a") as file:
                said = (interaction.request.messages[-1].text, interaction.response.text, interaction.test)
                file.write(f"{said} {interaction.draw} {interaction.replayed} {cost}\\n")
        """,
        "conftest.py",
    )
    project.write("""
        def test_it(llm):
            llm.ask("Hi")
            llm.ask("Hi")
    """)
    project.record()
    project.run()

    assert project.path.joinpath("told.txt").read_text().splitlines() == [
        "('Hi', 'answer 1', 'test_it') 1 False 4.5e-06",
        "('Hi', 'answer 2', 'test_it') 2 False 4.5e-06",
    ]


DIALECT = """
    import json

    from pytest_llm.messages import Message, Request, Response


    class House:
        name = "house"
        volatile = frozenset({"at"})

        def knows(self, method, path):
            return path.endswith("/house/say")

        def split(self, request):
            body = json.loads(request.body)
            return {"model": body["by"], "prompt": body["say"]}

        def read_request(self, request):
            body = json.loads(request.body)
            return Request("house", body["by"], (Message("user", body["say"]),))

        def read_response(self, response):
            return Response(json.loads(response.body)["choices"][0]["message"]["content"], model="house-1")


    def pytest_llm_dialect(config):
        return [House()]
"""


def test_a_dialect_of_the_user_reads_requests_and_responses(project: Project, provider: Provider) -> None:
    project.write(DIALECT, "conftest.py")
    source = """
        import urllib3

        def test_it(llm_cassette):
            urllib3.PoolManager().request("POST", "{url}/house/say", json={{"by": "house-1", "say": "{say}"}})
            (call,) = llm_cassette.interactions
            assert (call.request.dialect, call.request.model, call.response.text) == ("house", "house-1", "answer 1")
    """
    project.write(source.format(url=provider.url, say="Hi"))
    project.record()
    project.run().assert_outcomes(passed=1)
    project.write(source.format(url=provider.url, say="Ho"))

    result = project.run()

    result.stdout.fnmatch_lines(["UNRECORDED test_it.py::test_it - prompt, message 1 (user): Hi → Ho"])
