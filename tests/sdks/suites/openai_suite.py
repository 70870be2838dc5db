import asyncio

import openai
import pytest
from pydantic import BaseModel

pytestmark = pytest.mark.llm
MODEL = "gpt-5-mini"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
FUNCTION = {"name": "forecast", "description": "The weather", "parameters": PARAMETERS, "strict": True}
TOOLS = [{"type": "function", "function": FUNCTION}]


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture
def client(base):
    with openai.OpenAI(base_url=f"{base}/v1", api_key="k") as client:
        yield client


@pytest.fixture(params=["own", "aiohttp"])
def session(request, base):
    """Run a coroutine function with an async client on the SDK's own transport and on aiohttp's."""

    def run(work):
        async def main():
            options = {"http_client": openai.DefaultAioHttpClient()} if request.param == "aiohttp" else {}
            async with openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="k", **options) as client:
                return await work(client)

        return asyncio.run(main())

    return run


def user(prompt):
    return [{"role": "user", "content": prompt}]


def test_chat(client, kept):
    kept.append(client.chat.completions.create(model=MODEL, messages=user("Hello")))
    kept.append(client.chat.completions.create(model=MODEL, messages=user("Hello"), temperature=0.5))


def test_async_chat(session, kept):
    async def work(client):
        return await client.chat.completions.create(model=MODEL, messages=user("Hello"))

    kept.append(session(work))


def test_stream(client, kept):
    options = {"stream_options": {"include_usage": True}}
    kept.extend(client.chat.completions.create(model=MODEL, messages=user("Hello"), stream=True, **options))
    with client.chat.completions.stream(model=MODEL, messages=user("Hello"), **options) as stream:
        kept.extend(stream)
        kept.append(stream.get_final_completion())


def test_async_stream(session, kept):
    async def work(client):
        stream = await client.chat.completions.create(model=MODEL, messages=user("Hello"), stream=True)
        kept.extend([event async for event in stream])
        async with client.chat.completions.stream(model=MODEL, messages=user("Hello")) as stream:
            kept.extend([event async for event in stream])
            kept.append(await stream.get_final_completion())

    session(work)


def test_responses(client, kept):
    kept.append(client.responses.create(model=MODEL, input="Hello"))
    kept.extend(client.responses.create(model=MODEL, input="Hello", stream=True))
    kept.append(client.responses.create(model=MODEL, input="Weather?", tools=[{"type": "function", **FUNCTION}]))
    kept.extend(
        client.responses.create(model=MODEL, input="Weather?", tools=[{"type": "function", **FUNCTION}], stream=True)
    )
    parsed = client.responses.parse(model=MODEL, input="A trip as json", text_format=Trip)
    kept.extend([parsed, parsed.output_parsed])


def test_async_responses(session, kept):
    async def work(client):
        kept.append(await client.responses.create(model=MODEL, input="Hello"))
        kept.extend([event async for event in await client.responses.create(model=MODEL, input="Hello", stream=True)])
        async with client.responses.stream(model=MODEL, input="Hello") as stream:
            kept.extend([event async for event in stream])
            kept.append(await stream.get_final_response())

    session(work)


def test_tools(client, kept):
    messages = user("Weather in Tromsø?")
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    call = first.choices[0].message.tool_calls[0]
    messages += [first.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "Snow"}]
    kept.extend([first, call, client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)])


def test_streamed_tools(client, kept):
    with client.chat.completions.stream(model=MODEL, messages=user("Weather?"), tools=TOOLS) as stream:
        kept.extend(stream)
        kept.append(stream.get_final_completion())


def test_async_tools(session, kept):
    async def work(client):
        return await client.chat.completions.create(model=MODEL, messages=user("Weather?"), tools=TOOLS)

    kept.append(session(work))


def test_structured_output(client, kept):
    parsed = client.chat.completions.parse(model=MODEL, messages=user("A trip as json"), response_format=Trip)
    kept.extend([parsed, parsed.choices[0].message.parsed])

    assert parsed.choices[0].message.parsed == Trip(city="Tromsø", days=1)


def test_async_structured_output(session, kept):
    async def work(client):
        return await client.chat.completions.parse(model=MODEL, messages=user("A json trip"), response_format=Trip)

    kept.append(session(work))


def test_embeddings(client, kept):
    kept.append(client.embeddings.create(model="text-embedding-3-small", input=["one", "two"]))
    kept.append(client.embeddings.create(model="text-embedding-3-small", input="three", encoding_format="float"))


def test_async_embeddings(session, kept):
    async def work(client):
        return await client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])

    kept.append(session(work))


def test_raw_response(client, kept):
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=user("Hello"))
    kept.extend([raw.status_code, raw.headers["content-type"], raw.text, raw.parse()])


def test_busy(client, kept):
    kept.append(client.chat.completions.create(model=MODEL, messages=user("Are you busy?")))


def test_async_busy(session, kept, request):
    async def work(client):
        return await client.chat.completions.create(model=MODEL, messages=user(f"busy for 0.3, {request.node.name}"))

    kept.append(session(work))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(client, kept, status):
    with pytest.raises(openai.APIStatusError) as caught:
        client.with_options(max_retries=1).chat.completions.create(model=MODEL, messages=user(f"fail {status}"))
    kept.append(caught.value)

    assert caught.value.status_code == status


@pytest.mark.parametrize("status", [400, 500])
def test_async_fail(session, kept, status):
    async def work(client):
        with pytest.raises(openai.APIStatusError) as caught:
            await client.with_options(max_retries=1).chat.completions.create(
                model=MODEL, messages=user(f"fail {status}"), stream=True
            )
        return caught.value

    kept.append(session(work))


def test_slow_stream(client, kept, go):
    for event in client.chat.completions.create(model=MODEL, messages=user("slowly"), stream=True):
        kept.append(event)
        go("slowly")


def test_async_slow_stream(session, kept, go, request):
    prompt = f"slowly, {request.node.name}"

    async def work(client):
        async for event in await client.chat.completions.create(model=MODEL, messages=user(prompt), stream=True):
            kept.append(event)
            await asyncio.to_thread(go, prompt)

    session(work)


def test_abandoned_stream(client, kept):
    with client.chat.completions.create(model=MODEL, messages=user("Hello"), stream=True) as stream:
        kept.append(next(iter(stream)))


def test_async_abandoned_stream(session, kept, go, request):
    prompt = f"slowly, {request.node.name}"

    async def work(client):
        async with await client.chat.completions.create(model=MODEL, messages=user(prompt), stream=True) as stream:
            kept.append(await anext(aiter(stream)))
        await asyncio.to_thread(go, prompt)
        await asyncio.sleep(0.01)

    session(work)


def test_fallback(client, kept, differently):
    try:
        kept.append(client.chat.completions.create(model=MODEL, messages=user(f"Hello{differently}")))
    except BaseException:
        kept.append("Sorry, try later.")


def test_streamed_fallback(client, kept, differently):
    try:
        kept.extend(client.chat.completions.create(model=MODEL, messages=user(f"Hello{differently}"), stream=True))
    except BaseException:
        kept.append("Sorry, try later.")


def test_async_fallback(session, kept, differently):
    async def work(client):
        try:
            return await client.chat.completions.create(model=MODEL, messages=user(f"Hello{differently}"))
        except BaseException:
            return "Sorry, try later."

    kept.append(session(work))


def test_five_draws(client, kept, draws):
    for _ in range(draws):
        kept.append(client.chat.completions.create(model=MODEL, messages=user("A number?")))

    assert [answer.choices[0].message.content for answer in kept] == [
        f"Answer {n}, “así”: A number?" for n in range(1, 6)
    ]


def test_twenty_threads(client, kept, in_threads):
    def ask(prompt):
        return client.chat.completions.create(model=MODEL, messages=user(prompt)).choices[0].message.content

    kept.extend(in_threads(ask, "together 20", 20))

    assert kept == [f"Answer {n}, “así”: together 20" for n in range(1, 21)]


def test_twenty_tasks(session, kept, request):
    prompt = f"together 20, {request.node.name}"

    async def work(client):
        async def ask():
            answer = await client.chat.completions.create(model=MODEL, messages=user(prompt))
            return answer.choices[0].message.content

        await client.chat.completions.create(model=MODEL, messages=user("Warm up"))
        return await asyncio.gather(*(ask() for _ in range(20)))

    kept.extend(session(work))

    assert sorted(kept) == sorted(f"Answer {n}, “así”: {prompt}" for n in range(1, 21))
