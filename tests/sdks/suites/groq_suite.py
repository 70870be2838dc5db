import asyncio

import groq
import pytest

pytestmark = pytest.mark.llm
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "forecast", "parameters": PARAMETERS}}]


@pytest.fixture
def client(base):
    with groq.Groq(base_url=base, api_key="k") as client:
        yield client


@pytest.fixture
def session(base):
    def run(work):
        async def main():
            async with groq.AsyncGroq(base_url=base, api_key="k") as client:
                return await work(client)

        return asyncio.run(main())

    return run


def asked(prompt, **more):
    return {"model": "llama-4-scout", "messages": [{"role": "user", "content": prompt}], **more}


def test_chat(client, kept):
    kept.append(client.chat.completions.create(**asked("Hello")))


def test_async_chat(session, kept):
    async def work(client):
        return await client.chat.completions.create(**asked("Hello"))

    kept.append(session(work))


def test_stream(client, kept):
    kept.extend(client.chat.completions.create(**asked("Hello", stream=True)))


def test_async_stream(session, kept):
    async def work(client):
        return [chunk async for chunk in await client.chat.completions.create(**asked("Hello", stream=True))]

    kept.extend(session(work))


def test_tools(client, kept):
    first = client.chat.completions.create(**asked("Weather?", tools=TOOLS))
    result = {"role": "tool", "tool_call_id": first.choices[0].message.tool_calls[0].id, "content": "Snow"}
    messages = [*asked("Weather?")["messages"], first.choices[0].message.model_dump(exclude_none=True), result]
    kept.extend([first, client.chat.completions.create(**asked("", tools=TOOLS) | {"messages": messages})])
    kept.extend(client.chat.completions.create(**asked("Weather?", tools=TOOLS, stream=True)))


def test_structured_output(client, kept):
    schema = {"type": "json_schema", "json_schema": {"name": "trip", "schema": PARAMETERS}}
    kept.append(client.chat.completions.create(**asked("A trip as json", response_format=schema)))


def test_embeddings(client, kept):
    kept.append(client.embeddings.create(model="nomic-embed-text-v1_5", input=["one", "two"]))


def test_busy(client, kept):
    kept.append(client.chat.completions.create(**asked("Are you busy?")))


def test_async_busy(session, kept):
    async def work(client):
        return await client.chat.completions.create(**asked("busy for 0.3?"))

    kept.append(session(work))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(client, kept, status):
    with pytest.raises(groq.APIStatusError) as caught:
        client.with_options(max_retries=1).chat.completions.create(**asked(f"fail {status}"))
    kept.append(caught.value)

    assert caught.value.status_code == status


def test_slow_stream(client, kept, go):
    for chunk in client.chat.completions.create(**asked("slowly", stream=True)):
        kept.append(chunk)
        go("slowly")


def test_async_slow_stream(session, kept, go):
    async def work(client):
        async for chunk in await client.chat.completions.create(**asked("slowly, async", stream=True)):
            kept.append(chunk)
            await asyncio.to_thread(go, "slowly, async")

    session(work)


def test_fallback(client, kept, differently):
    try:
        kept.append(client.chat.completions.create(**asked(f"Hello{differently}")))
    except BaseException:
        kept.append("Sorry, try later.")


def test_async_fallback(session, kept, differently):
    async def work(client):
        try:
            return await client.chat.completions.create(**asked(f"Hello{differently}"))
        except BaseException:
            return "Sorry, try later."

    kept.append(session(work))


def test_five_draws(client, kept, draws):
    for _ in range(draws):
        kept.append(client.chat.completions.create(**asked("A number?")).choices[0].message.content)

    assert kept == [f"Answer {n}, “así”: A number?" for n in range(1, 6)]
