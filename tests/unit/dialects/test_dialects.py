"""Tests of telling which requests go to a model, and in which dialect."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from pytest_llm.dialects import DIALECTS, GENERIC, PROVIDER_HOSTS, dialect_for, known_host, looks_like_model_call

MESSAGES = [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/chat/completions", "openai-chat"),
        ("/openai/v1/chat/completions", "openai-chat"),
        ("/chat/completions", "openai-chat"),
        ("/openai/deployments/d/chat/completions", "openai-chat"),
        ("/api/v2/cortex/v1/chat/completions", "openai-chat"),
        ("/v1beta/openai/chat/completions", "openai-chat"),
        ("/v1/agents/completions", "openai-chat"),
        ("/v1/completions", "openai-completions"),
        ("/v1/fim/completions", "openai-completions"),
        ("/v1/responses", "openai-responses"),
        ("/responses", "openai-responses"),
        ("/v1/embeddings", "openai-embeddings"),
        ("/v1/messages", "anthropic-messages"),
        ("/anthropic/v1/messages", "anthropic-messages"),
        ("/v1/messages/count_tokens", "anthropic-messages"),
        ("/v1/projects/p/locations/l/publishers/anthropic/models/c:rawPredict", "anthropic-messages"),
        ("/v1beta/models/gemini-pro:generateContent", "gemini"),
        ("/model/m/converse", "bedrock-converse"),
        ("/model/m/converse-stream", "bedrock-converse"),
        ("/model/m/invoke", "bedrock-invoke"),
        ("/model/m/invoke-with-response-stream", "bedrock-invoke"),
        ("/v2/chat", "cohere-chat"),
        ("/v2/embed", "cohere-embed"),
        ("/api/chat", "ollama-chat"),
        ("/api/generate", "ollama-generate"),
        ("/api/embed", "ollama-embed"),
        ("/api/embeddings", "ollama-embed"),
    ],
)
def test_a_path_has_one_dialect(path: str, name: str) -> None:
    knowing = [dialect.name for dialect in DIALECTS if dialect.knows("POST", path)]

    assert knowing == [name]
    assert dialect_for("GET", path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/messages",
        "/v1/messages/batches",
        "/v1/responses/resp_1",
        "/survey/responses/7",
        "/v1/chat/completions/c1",
        "/v1/chat/completionsx",
        "/xv1/messagesx",
        "/models/gemini-pro",
        "/models/gemini-pro:delete",
        "/v1/models",
        "/v1/images/generations",
        "/v1/moderations",
        "/v1/projects/p/locations/l/publishers/google/models/imagen-3:predict",
        "/v2/rerank",
        "/chat",
        "/model/m",
    ],
)
def test_other_paths_have_none(path: str) -> None:
    assert dialect_for("POST", path) is None


def test_dialects_handed_in_come_before_the_built_in_ones() -> None:
    class Own:
        name = "own"
        volatile: frozenset[str] = frozenset()

        def knows(self, method: str, path: str) -> bool:
            return path.endswith("/completions")

        split = read_request = read_response = GENERIC.read_request

    own: Any = Own()

    assert dialect_for("POST", "/v1/chat/completions", (own,)) is own
    assert dialect_for("POST", "/v1/messages", (own,)) is not own


def test_the_names_of_dialects_differ() -> None:
    assert len({dialect.name for dialect in (*DIALECTS, GENERIC)}) == len(DIALECTS) + 1


@pytest.mark.parametrize(
    "host",
    [
        "api.openai.com",
        "API.OpenAI.com",
        "eu.api.openai.com",
        "my-resource.openai.azure.com",
        "my-resource.cognitiveservices.azure.com",
        "my-project.services.ai.azure.com",
        "api.anthropic.com",
        "generativelanguage.googleapis.com",
        "aiplatform.googleapis.com",
        "us-central1-aiplatform.googleapis.com",
        "bedrock-runtime.us-east-1.amazonaws.com",
        "bedrock-runtime.cn-north-1.amazonaws.com.cn",
        "openrouter.ai",
        "router.huggingface.co",
        "dashscope.aliyuncs.com",
        "dashscope-intl.aliyuncs.com",
        "account.snowflakecomputing.com",
    ],
)
def test_the_hosts_of_providers_are_known(host: str) -> None:
    assert known_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "127.0.0.1",
        "openai.com",
        "api.openai.com.example.org",
        "notapi.openai.com",
        "openai.azure.com",
        ".openai.azure.com",
        "aiplatform.googleapis.com.evil.test",
        "storage.googleapis.com",
        "s3.us-east-1.amazonaws.com",
        "bedrock-runtime.amazonaws.com",
        "huggingface.co",
        "oss.aliyuncs.com",
        "snowflakecomputing.com",
    ],
)
def test_other_hosts_are_not(host: str) -> None:
    assert not known_host(host)


def test_a_data_base_s_host_is_known_only_where_its_models_are() -> None:
    host = "account.snowflakecomputing.com"

    assert known_host(host, "/api/v2/cortex/inference:complete")
    assert not known_host(host, "/queries/v1/query-request")


def test_every_pattern_has_one_star_at_most() -> None:
    assert [host for host in PROVIDER_HOSTS if host.count("*") > 1] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": "m", "messages": MESSAGES}),
        ("/v1/completions", {"model": "m", "prompt": "Hi"}),
        ("/v1/responses", {"model": "m", "input": "Hi"}),
        ("/v1/responses", {"model": "m", "input": MESSAGES}),
        ("/v1/embeddings", {"model": "m", "input": ["Hi"]}),
        ("/v1/messages", {"model": "m", "messages": MESSAGES, "max_tokens": 5}),
        ("/v1/models/m:generateContent", {"contents": [{"parts": [{"text": "Hi"}]}]}),
        ("/model/m/converse", {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}),
        ("/model/m/invoke", {"inputText": "Hi"}),
        ("/v2/chat", {"model": "m", "messages": MESSAGES, "stream": False}),
        ("/v2/embed", {"model": "m", "texts": ["Hi"], "input_type": "search_query"}),
        ("/api/chat", {"model": "m", "messages": MESSAGES, "stream": True}),
        ("/api/generate", {"model": "m", "prompt": "Hi", "options": {}}),
        ("/api/embed", {"model": "m", "input": "Hi"}),
    ],
)
def test_a_call_to_a_model_at_an_unknown_host_is_told_by_its_shape(path: str, body: dict[str, object]) -> None:
    assert looks_like_model_call("POST", path, json.dumps(body).encode())
    assert not looks_like_model_call("GET", path, json.dumps(body).encode())
    assert not looks_like_model_call("POST", path, b"")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/messages", {"model": "m", "messages": MESSAGES}, id="an app's messages"),
        pytest.param("/v1/messages", {"to": "a", "text": "Hi"}, id="an app's versioned messages"),
        pytest.param("/v1/messages", {"model": "m", "messages": ["Hi"]}, id="messages that are strings"),
        pytest.param("/survey/1/responses", {"answers": [1, 2]}, id="the responses to a survey"),
        pytest.param("/responses", {"model": "car", "input": [1, 2]}, id="responses with numbers as input"),
        pytest.param("/api/chat", {"model": "m", "messages": MESSAGES}, id="an app's chat"),
        pytest.param("/api/chat", {"id": "1", "messages": MESSAGES}, id="an app's chat without a model"),
        pytest.param("/api/generate", {"prompt": "Hi"}, id="an app's generate"),
        pytest.param("/v1/chat", {"message": "Hi"}, id="an app's versioned chat"),
        pytest.param("/v1/chat/completions", {"model": "m"}, id="no messages"),
        pytest.param("/v1/chat/completions", [1], id="no object"),
        pytest.param("/v1/embeddings", {"input": "Hi"}, id="no model"),
        pytest.param("/other", {"model": "m", "messages": MESSAGES}, id="another path"),
    ],
)
def test_an_application_s_own_request_is_not_taken_for_one(path: str, body: object) -> None:
    assert not looks_like_model_call("POST", path, json.dumps(body).encode())


def test_the_dialects_import_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import pytest_llm.dialects, pytest_llm.streams;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out == "['pytest_llm']\n"
