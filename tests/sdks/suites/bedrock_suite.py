import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

pytestmark = pytest.mark.llm
MODEL = "eu.anthropic.claude-sonnet-5-20260101-v1:0"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
SPEC = {"name": "forecast", "description": "The weather", "inputSchema": {"json": SCHEMA}}
TOOLS = {"toolConfig": {"tools": [{"toolSpec": SPEC}]}}


@pytest.fixture(params=["standard", "adaptive"])
def client(request, base):
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "k"}
    retries = {"mode": request.param, "max_attempts": 3}
    config = Config(retries=retries, max_pool_connections=20)
    client = boto3.client("bedrock-runtime", region_name="eu-west-1", endpoint_url=base, config=config, **keys)
    yield client
    client.close()


def asked(prompt, **more):
    return {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": prompt}]}], **more}


def test_converse(client, kept):
    kept.append(client.converse(**asked("Hello")))
    kept.append(client.converse(**asked("Hello", inferenceConfig={"temperature": 0.5, "maxTokens": 99})))


def test_stream(client, kept):
    kept.extend(client.converse_stream(**asked("Hello"))["stream"])


def test_tools(client, kept):
    first = client.converse(**asked("Weather?", **TOOLS))
    message = first["output"]["message"]
    use = message["content"][0]["toolUse"]
    result = {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": "Snow"}]}}
    messages = [*asked("Weather?")["messages"], message, {"role": "user", "content": [result]}]
    kept.extend([first, client.converse(modelId=MODEL, messages=messages, **TOOLS)])

    assert use["input"] == {"city": "Tromsø", "days": int(use["toolUseId"].removeprefix("tooluse_"))}


def test_streamed_tools(client, kept):
    kept.extend(client.converse_stream(**asked("Weather?", **TOOLS))["stream"])


def test_structured_output(client, kept):
    forced = {"tools": TOOLS["toolConfig"]["tools"], "toolChoice": {"tool": {"name": "forecast"}}}
    kept.append(client.converse(**asked("A trip", toolConfig=forced)))


def test_embeddings(client, kept):
    body = json.dumps({"inputText": "one"})
    answer = client.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=body)
    kept.extend([answer["contentType"], json.loads(answer["body"].read())])


def test_busy(client, kept, request):
    kept.append(client.converse(**asked(f"Are you busy, {request.node.name}?")))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(client, kept, status):
    with pytest.raises(ClientError) as caught:
        client.converse(**asked(f"fail {status}"))
    kept.append(caught.value)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_slow_stream(client, kept, go, request):
    prompt = f"slowly, {request.node.name}"
    for event in client.converse_stream(**asked(prompt))["stream"]:
        kept.append(event)
        go(prompt)


def test_fallback(client, kept, differently):
    try:
        kept.append(client.converse(**asked(f"Hello{differently}")))
    except BaseException:
        kept.append("Sorry, try later.")


def test_streamed_fallback(client, kept, differently):
    try:
        kept.extend(client.converse_stream(**asked(f"Hello{differently}"))["stream"])
    except BaseException:
        kept.append("Sorry, try later.")


def test_five_draws(client, kept, draws, request):
    prompt = f"A number, {request.node.name}?"
    for _ in range(draws):
        kept.append(client.converse(**asked(prompt))["output"]["message"]["content"][0]["text"])

    assert kept == [f"Answer {n}, “así”: {prompt}" for n in range(1, 6)]


def test_twenty_threads(client, kept, in_threads, request):
    def ask(prompt):
        return client.converse(**asked(prompt))["output"]["message"]["content"][0]["text"]

    prompt = f"together 20, {request.node.name}"
    kept.extend(in_threads(ask, prompt, 20))

    assert kept == [f"Answer {n}, “así”: {prompt}" for n in range(1, 21)]
