"""Plugins that stand beside ours do their work, and we ours, in one run."""

from __future__ import annotations

import pytest

from .project import Project
from .server import Provider

SUITE = """
    import anyio
    import httpx
    import pytest
    import respx

    URL = "{url}"
    ASK = {{"model": "gpt-4o-mini", "messages": [{{"role": "user", "content": "Hi"}}]}}


    def test_ours(llm):
        assert llm.ask("Hi").text


    def test_syrupy(llm, snapshot):
        assert len(llm.ask("Hi").text) == snapshot


    @pytest.mark.asyncio
    async def test_asyncio(async_llm):
        assert (await async_llm.ask("Hi")).text


    @pytest.mark.anyio
    async def test_anyio(async_llm, anyio_backend):
        assert (await async_llm.ask("Hi")).text
        await anyio.sleep(0)


    @respx.mock
    def test_respx():
        respx.get("https://shop.test/orders").mock(httpx.Response(200, json=[1]))
        assert httpx.get("https://shop.test/orders").json() == [1]


    def test_respx_beside_ours(llm, respx_mock):
        respx_mock.get("https://shop.test/orders").mock(httpx.Response(200, json=[1]))
        assert httpx.get("https://shop.test/orders").json() == [1]
        assert llm.ask("Hi").text


    @pytest.mark.vcr
    def test_recording():
        assert httpx.post(URL + "/chat/completions", json=ASK).json()["choices"]
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_all_of_them_in_one_run(project: Project, provider: Provider, workers: tuple[str, ...]) -> None:
    project.write(SUITE.format(url=provider.url))
    project.run("--llm-record=once", "--record-mode=once", "--snapshot-update", subprocess=True)
    called = len(provider.calls)

    result = project.run("--record-mode=none", *workers, subprocess=True)

    result.assert_outcomes(passed=8)
    assert (called, len(provider.calls)) == (7, 7)
    assert project.path.joinpath("cassettes/test_it/test_recording.yaml").exists()
    assert project.files == [
        f"__llm__/test_it/test_{name}.cassette.json"
        for name in ("anyio", "asyncio", "ours", "respx_beside_ours", "syrupy")
    ]
