import asyncio

import litellm
import pytest
from pydantic import BaseModel

pytestmark = pytest.mark.llm
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "forecast", "parameters": PARAMETERS}}]
# litellm looks for MCP servers among tools, and needs a package for that which it does not require.
WITH_TOOLS = {"tools": TOOLS, "_skip_mcp_handler": True}
litellm.suppress_debug_info = True


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture(params=["openai/gpt-5-mini", "anthropic/claude-sonnet-5"])
def asked(request, base):
    def asked(prompt, **more):
        at = {"model": request.param, "api_base": f"{base}/v1", "api_key": "k"}
        if request.param.startswith("anthropic"):
            at["api_base"] = f"{base}/v1/messages"
        return {**at, "messages": [{"role": "user", "content": prompt}], **more}

    return asked


def without_identity(response):
    """Return a response without the ids and dates that litellm itself makes up for each."""
    told = response.model_dump(warnings=False)
    return {key: value for key, value in told.items() if key not in ("id", "created")}


def test_completion(asked, kept):
    kept.append(without_identity(litellm.completion(**asked("Hello"))))


def test_async_completion(asked, kept):
    kept.append(without_identity(asyncio.run(litellm.acompletion(**asked("Hello")))))


def test_stream(asked, kept):
    kept.extend(map(without_identity, litellm.completion(**asked("Hello", stream=True))))


def test_async_stream(asked, kept):
    async def work():
        return [without_identity(chunk) async for chunk in await litellm.acompletion(**asked("Hello", stream=True))]

    kept.extend(asyncio.run(work()))


def test_tools(asked, kept):
    kept.append(without_identity(litellm.completion(**asked("Weather?", **WITH_TOOLS))))
    kept.extend(map(without_identity, litellm.completion(**asked("Weather?", **WITH_TOOLS, stream=True))))


def test_structured_output(asked, kept):
    answer = litellm.completion(**asked("A trip as json", response_format=Trip))
    kept.extend([without_identity(answer), answer.choices[0].message.content])


def test_embeddings(base, kept):
    at = {"model": "openai/text-embedding-3-small", "api_base": f"{base}/v1", "api_key": "k"}
    kept.append(litellm.embedding(input=["one", "two"], **at))
    kept.append(asyncio.run(litellm.aembedding(input=["one", "two"], **at)))


def test_busy(asked, kept, request):
    prompt = f"Are you busy for 0.3, {request.node.name}?"
    try:
        kept.append(without_identity(litellm.completion(**asked(prompt))))
    except litellm.RateLimitError as error:
        kept.extend([str(error), without_identity(litellm.completion(**asked(prompt)))])


def test_async_busy(asked, kept, request):
    prompt = f"Are you busy for 0.3, {request.node.name}?"

    async def work():
        try:
            kept.append(without_identity(await litellm.acompletion(**asked(prompt))))
        except litellm.RateLimitError as error:
            kept.extend([str(error), without_identity(await litellm.acompletion(**asked(prompt)))])

    asyncio.run(work())


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(asked, kept, status):
    with pytest.raises(Exception, match=f"fail {status}") as caught:
        litellm.completion(**asked(f"fail {status}", max_retries=0, num_retries=0))
    kept.extend([type(caught.value).__name__, str(caught.value), caught.value.status_code])


def test_async_fail(asked, kept):
    with pytest.raises(litellm.BadRequestError) as caught:
        asyncio.run(litellm.acompletion(**asked("fail 400")))
    kept.append(str(caught.value))


def test_slow_stream(asked, kept, go, request):
    prompt = f"slowly, {request.node.name}"
    for chunk in litellm.completion(**asked(prompt, stream=True)):
        kept.append(without_identity(chunk))
        go(prompt)


def test_async_slow_stream(asked, kept, go, request):
    prompt = f"slowly, {request.node.name}"

    async def work():
        async for chunk in await litellm.acompletion(**asked(prompt, stream=True)):
            kept.append(without_identity(chunk))
            await asyncio.to_thread(go, prompt)

    asyncio.run(work())


def test_fallback(asked, kept, differently):
    try:
        kept.append(without_identity(litellm.completion(**asked(f"Hello{differently}", num_retries=2))))
    except BaseException:
        kept.append("Sorry, try later.")


def test_async_fallback(asked, kept, differently):
    async def work():
        try:
            return without_identity(await litellm.acompletion(**asked(f"Hello{differently}", num_retries=2)))
        except BaseException:
            return "Sorry, try later."

    kept.append(asyncio.run(work()))


def test_five_draws(asked, kept, draws, request):
    prompt = f"A number, {request.node.name}?"
    for _ in range(draws):
        kept.append(litellm.completion(**asked(prompt)).choices[0].message.content)

    assert kept == [f"Answer {n}, “así”: {prompt}" for n in range(1, 6)]
