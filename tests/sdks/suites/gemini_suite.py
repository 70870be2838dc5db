import asyncio

import httpx
import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

pytestmark = pytest.mark.llm
MODEL = "gemini-3-flash"
CITY = types.Schema(type="OBJECT", properties={"city": types.Schema(type="STRING")}, required=["city"])
FORECAST = types.FunctionDeclaration(name="forecast", description="The weather", parameters=CITY)
TOOLS = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[FORECAST])])


class Trip(BaseModel):
    city: str
    days: int


def options(base, **more):
    retry = types.HttpRetryOptions(attempts=2, initial_delay=0.5, jitter=0.1)
    return types.HttpOptions(base_url=base, retry_options=retry, **more)


@pytest.fixture
def client(base):
    with genai.Client(api_key="k", http_options=options(base)) as client:
        yield client


@pytest.fixture(params=["own", "httpx"])
def session(request, base):
    """Run a coroutine function with an async client on the SDK's own choice (aiohttp) and on httpx."""

    def run(work):
        async def main():
            async with httpx.AsyncClient() as http:
                more = {"httpx_async_client": http} if request.param == "httpx" else {}
                async with genai.Client(api_key="k", http_options=options(base, **more)).aio as client:
                    return await work(client)

        return asyncio.run(main())

    return run


def test_content(client, kept):
    kept.append(client.models.generate_content(model=MODEL, contents="Hello"))
    config = types.GenerateContentConfig(temperature=0, system_instruction="Be short.")
    kept.append(client.models.generate_content(model=MODEL, contents="Hello", config=config))


def test_async_content(session, kept):
    async def work(client):
        return await client.models.generate_content(model=MODEL, contents="Hello")

    kept.append(session(work))


def test_stream(client, kept):
    kept.extend(client.models.generate_content_stream(model=MODEL, contents="Hello"))


def test_async_stream(session, kept):
    async def work(client):
        return [c async for c in await client.models.generate_content_stream(model=MODEL, contents="Hello")]

    kept.extend(session(work))


def test_chat(client, kept):
    chat = client.chats.create(model=MODEL)
    kept.extend([chat.send_message("Hello"), chat.send_message("And then?"), chat.get_history()])


def test_tools(client, kept):
    first = client.models.generate_content(model=MODEL, contents="Weather?", config=TOOLS)
    call = first.function_calls[0]
    result = types.Part.from_function_response(name=call.name, response={"result": "Snow"})
    turns = [types.Content(role="user", parts=[types.Part(text="Weather?")]), first.candidates[0].content]
    turns.append(types.Content(role="user", parts=[result]))
    kept.extend([first, call, client.models.generate_content(model=MODEL, contents=turns, config=TOOLS)])


def test_async_tools(session, kept):
    async def work(client):
        stream = await client.models.generate_content_stream(model=MODEL, contents="Weather?", config=TOOLS)
        return [chunk async for chunk in stream]

    kept.extend(session(work))


def test_structured_output(client, kept):
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Trip)
    answer = client.models.generate_content(model=MODEL, contents="A trip as json", config=config)
    kept.extend([answer, answer.parsed])

    assert answer.parsed == Trip(city="Tromsø", days=1)


def test_embeddings(client, kept):
    kept.append(client.models.embed_content(model="text-embedding-004", contents=["one", "two"]))


def test_async_embeddings(session, kept):
    async def work(client):
        return await client.models.embed_content(model="text-embedding-004", contents=["one", "two"])

    kept.append(session(work))


def test_busy(client, kept):
    kept.append(client.models.generate_content(model=MODEL, contents="Are you busy?"))


def test_async_busy(session, kept, request):
    async def work(client):
        return await client.models.generate_content(model=MODEL, contents=f"busy? {request.node.name}")

    kept.append(session(work))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(client, kept, status):
    with pytest.raises(errors.APIError) as caught:
        client.models.generate_content(model=MODEL, contents=f"fail {status}")
    kept.append(caught.value)

    assert caught.value.code == status


def test_async_fail(session, kept):
    async def work(client):
        with pytest.raises(errors.ClientError) as caught:
            async for _ in await client.models.generate_content_stream(model=MODEL, contents="fail 400"):
                pass
        return caught.value

    kept.append(session(work))


def test_slow_stream(client, kept, go):
    for chunk in client.models.generate_content_stream(model=MODEL, contents="slowly"):
        kept.append(chunk)
        go("slowly")


def test_async_slow_stream(session, kept, go, request):
    prompt = f"slowly, {request.node.name}"

    async def work(client):
        async for chunk in await client.models.generate_content_stream(model=MODEL, contents=prompt):
            kept.append(chunk)
            await asyncio.to_thread(go, prompt)

    session(work)


def test_fallback(client, kept, differently):
    try:
        kept.append(client.models.generate_content(model=MODEL, contents=f"Hello{differently}"))
    except BaseException:
        kept.append("Sorry, try later.")


def test_streamed_fallback(client, kept, differently):
    try:
        kept.extend(client.models.generate_content_stream(model=MODEL, contents=f"Hello{differently}"))
    except BaseException:
        kept.append("Sorry, try later.")


def test_async_fallback(session, kept, differently):
    async def work(client):
        try:
            return await client.models.generate_content(model=MODEL, contents=f"Hello{differently}")
        except BaseException:
            return "Sorry, try later."

    kept.append(session(work))


def test_five_draws(client, kept, draws):
    for _ in range(draws):
        kept.append(client.models.generate_content(model=MODEL, contents="A number?").text)

    assert kept == [f"Answer {n}, “así”: A number?" for n in range(1, 6)]
