import asyncio

import pytest

pytestmark = pytest.mark.llm
MESSAGES = [{"role": "user", "content": "Hello"}]


def test_mistral(base, kept):
    mistralai = pytest.importorskip("mistralai.client")
    with mistralai.Mistral(server_url=base, api_key="k") as client:
        kept.append(client.chat.complete(model="mistral-small-latest", messages=MESSAGES))
        with client.chat.stream(model="mistral-small-latest", messages=MESSAGES) as stream:
            kept.extend(stream)


def test_ollama(base, kept):
    ollama = pytest.importorskip("ollama")
    with ollama.Client(host=base) as client:
        kept.append(client.chat(model="gemma3", messages=MESSAGES))
        kept.extend(client.chat(model="gemma3", messages=MESSAGES, stream=True))


def test_async_ollama(base, kept):
    ollama = pytest.importorskip("ollama")

    async def work():
        async with ollama.AsyncClient(host=base) as client:
            kept.append(await client.chat(model="gemma3", messages=MESSAGES))
            kept.extend([part async for part in await client.chat(model="gemma3", messages=MESSAGES, stream=True)])

    asyncio.run(work())


def test_together(base, kept):
    together = pytest.importorskip("together")
    with together.Together(base_url=f"{base}/v1", api_key="k") as client:
        kept.append(client.chat.completions.create(model="meta-llama/Llama-4", messages=MESSAGES))
        kept.extend(client.chat.completions.create(model="meta-llama/Llama-4", messages=MESSAGES, stream=True))
