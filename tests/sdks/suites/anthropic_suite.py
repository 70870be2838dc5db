import asyncio

import anthropic
import pytest

pytestmark = pytest.mark.llm
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
TOOLS = [{"name": "forecast", "description": "The weather", "input_schema": SCHEMA}]


@pytest.fixture
def client(base):
    with anthropic.Anthropic(base_url=base, api_key="k") as client:
        yield client


@pytest.fixture
def session(base):
    def run(work):
        async def main():
            async with anthropic.AsyncAnthropic(base_url=base, api_key="k") as client:
                return await work(client)

        return asyncio.run(main())

    return run


def asked(prompt, **more):
    return {"model": "claude-sonnet-5", "max_tokens": 99, "messages": [{"role": "user", "content": prompt}], **more}


def test_message(client, kept):
    kept.append(client.messages.create(**asked("Hello")))
    kept.append(client.messages.create(**asked("Hello", system="Be short.")))


def test_async_message(session, kept):
    async def work(client):
        return await client.messages.create(**asked("Hello"))

    kept.append(session(work))


def test_stream(client, kept):
    kept.extend(client.messages.create(**asked("Hello", stream=True)))
    with client.messages.stream(**asked("Hello")) as stream:
        kept.extend(stream)
        kept.append(stream.get_final_message())


def test_async_stream(session, kept):
    async def work(client):
        kept.extend([event async for event in await client.messages.create(**asked("Hello", stream=True))])
        async with client.messages.stream(**asked("Hello")) as stream:
            kept.extend([text async for text in stream.text_stream])
            kept.append(await stream.get_final_message())

    session(work)


def test_tools(client, kept):
    first = client.messages.create(**asked("Weather?", tools=TOOLS))
    result = {"type": "tool_result", "tool_use_id": first.content[0].id, "content": "Snow"}
    messages = asked("Weather?")["messages"]
    messages += [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
    kept.extend([first, client.messages.create(**asked("", tools=TOOLS) | {"messages": messages})])

    assert first.content[0].input == {"city": "Tromsø", "days": 1}


def test_streamed_tools(client, kept):
    with client.messages.stream(**asked("Weather?", tools=TOOLS)) as stream:
        kept.extend(stream)
        kept.append(stream.get_final_message())


def test_async_tools(session, kept):
    async def work(client):
        return await client.messages.create(**asked("Weather?", tools=TOOLS))

    kept.append(session(work))


def test_structured_output(client, kept):
    output = {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
    kept.append(client.messages.create(**asked("A trip as json", extra_body=output)))
    kept.append(client.messages.create(**asked("Trip", tools=TOOLS, tool_choice={"type": "tool", "name": "forecast"})))


def test_busy(client, kept):
    kept.append(client.messages.create(**asked("Are you busy?")))


def test_async_busy(session, kept):
    async def work(client):
        return await client.messages.create(**asked("busy for 0.3?"))

    kept.append(session(work))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(client, kept, status):
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.with_options(max_retries=1).messages.create(**asked(f"fail {status}"))
    kept.append(caught.value)

    assert caught.value.status_code == status


def test_async_fail(session, kept):
    async def work(client):
        with pytest.raises(anthropic.BadRequestError) as caught:
            await client.messages.create(**asked("fail 400", stream=True))
        return caught.value

    kept.append(session(work))


def test_slow_stream(client, kept, go):
    for event in client.messages.create(**asked("slowly", stream=True)):
        kept.append(event)
        go("slowly")


def test_async_slow_stream(session, kept, go):
    async def work(client):
        async for event in await client.messages.create(**asked("slowly, async", stream=True)):
            kept.append(event)
            await asyncio.to_thread(go, "slowly, async")

    session(work)


def test_fallback(client, kept, differently):
    try:
        kept.append(client.messages.create(**asked(f"Hello{differently}")))
    except BaseException:
        kept.append("Sorry, try later.")


def test_streamed_fallback(client, kept, differently):
    try:
        with client.messages.stream(**asked(f"Hello{differently}")) as stream:
            kept.append(stream.get_final_text())
    except BaseException:
        kept.append("Sorry, try later.")


def test_async_fallback(session, kept, differently):
    async def work(client):
        try:
            return await client.messages.create(**asked(f"Hello{differently}"))
        except BaseException:
            return "Sorry, try later."

    kept.append(session(work))


def test_five_draws(client, kept, draws):
    for _ in range(draws):
        kept.append(client.messages.create(**asked("A number?")).content[0].text)

    assert kept == [f"Answer {n}, “así”: A number?" for n in range(1, 6)]


def test_twenty_threads(client, kept, in_threads):
    def ask(prompt):
        return client.messages.create(**asked(prompt)).content[0].text

    kept.extend(in_threads(ask, "together 20", 20))

    assert kept == [f"Answer {n}, “así”: together 20" for n in range(1, 21)]
