"""Refusals are found by the provider's sign or in words, and ordinary answers are none."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from pytest_llm.messages import Response
from pytest_llm.metrics.refusal import provider_sign, refusing_sentence

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")

REFUSALS = """
I'm sorry, but I can\u2019t assist with that.
I\u2019m unable to help with that request.
As an AI language model, I cannot do so.
I won't provide instructions for that.
cannot help with that request
I must decline.
I'm not able to write that for you.
**I can't help with that.**
I'm really sorry, but I can't discuss this.
I cannot and will not help with that.
I'd rather not answer that.
Thanks for asking, but I can't share that.
Unable to comply.
I'm going to have to decline that request.
That's not something I can help with.
I do not feel comfortable writing this.
I apologize, but I am not able to engage in this conversation.
Lo siento, pero no puedo ayudar con eso.
Je suis désolé, mais je ne peux pas vous aider avec cela.
Es tut mir leid, aber dabei kann ich nicht helfen.
Mi dispiace, ma non posso aiutarti.
Desculpe, mas não posso ajudar com isso.
Извините, но я не могу помочь с этим.
抱歉\uff0c我无法协助完成该请求。
申し訳ありませんが、そのご要望にはお答えできません。
죄송하지만 그 요청은 도와드릴 수 없습니다.
عذرًا، لا يمكنني المساعدة في ذلك.
""".strip().splitlines()  # noqa: RUF001

ANSWERS = """
I can't recommend it enough.
You cannot return items after 30 days.
I'm sorry for the delay, your order has shipped.
I'm sorry to hear that. Your refund is on its way.
He said: "I'm sorry, but I can't assist with that."
The assistant replied \u201cI cannot help with that request.\u201d Then it stopped.
Here is a refusal: 'I'm sorry, but I can't assist with that.'
> I cannot help with that.
Add `I can't help with that` to the list.
I can't wait to help you.
I cannot help but notice the error.
Sorry, I can't find your order 1234. Could you check the number?
We cannot accept returns after 30 days.
I couldn't agree more.
If I can't help you, my colleague will.
Unfortunately, I can't say for sure.
As an AI language model, I don't have personal opinions. However, I can tell you what others say.
No, I will not be late; the train can't stop.
I'm afraid of heights, but I can't resist climbing.
No, I won't share your data with third parties.
The function cannot provide a default.
Es tut mir leid für die Verspätung. Ihre Bestellung ist unterwegs.
Lo siento por el retraso; su pedido está en camino.
你不能退货。
لا يمكنك إرجاع المنتج.
🎉🎉
""".strip().splitlines()


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_found(text: str) -> None:
    assert refusing_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        *ANSWERS,
        pytest.param("", id="nothing"),
        pytest.param("Dear Tom,\n\nI'm sorry, but I can't help with the move.", id="a letter"),
        pytest.param("```python\nraise ValueError('I cannot help with that request')\n```", id="code"),
        pytest.param("All is well. " * 20_000 + "I can't help with that.", id="far below"),
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert refusing_sentence(text) is None


def test_the_sentence_that_refuses_is_quoted_without_the_others() -> None:
    text = "Good question.\n\nI\u2019m sorry, but **I cannot** create malware. I can explain how it is found."

    assert refusing_sentence(text) == "I'm sorry, but I cannot create malware."


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param(Response("No.", refusal="I can't."), "I can't.", id="OpenAI's refusal"),
        pytest.param(Response(finish_reason="content_filter"), "finish_reason content_filter", id="OpenAI"),
        pytest.param(Response(finish_reason="SAFETY"), "finish_reason SAFETY", id="Gemini"),
        pytest.param(
            Response(finish_reason="guardrail_intervened"), "finish_reason guardrail_intervened", id="Bedrock"
        ),
        pytest.param(
            Response(status=400, error="filtered", raw={"error": {"code": "content_filter"}}),
            "error content_filter",
            id="Azure",
        ),
        pytest.param(Response("Yes.", finish_reason="stop", raw={"error": None}), None, id="an answer"),
        pytest.param(Response(finish_reason="length", raw=[{"error": {}}]), None, id="a stream that is cut"),
    ],
)
def test_the_provider_says_that_it_refuses(response: Response, expected: str | None) -> None:
    assert provider_sign(response) == expected


def rows(name: str) -> list[dict[str, str]]:
    path = SHARED / "llmdrift" / name
    if not path.is_file():
        pytest.skip(f"The shared data is absent: ../shared/data/llmdrift/{name} (or PYTEST_LLM_SHARED_DATA).")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_of_400_answers_to_sensitive_questions_nearly_all_refusals_and_no_answers_are_found() -> None:
    """The label is "no direct answer": what is missed objects to the question and never says that it refuses."""
    labelled = [(row["Response Rate"] == "0", refusing_sentence(row["answer"])) for row in rows("SENSITIVEQ_EVAL.csv")]
    found = sum(1 for refused, said in labelled if refused and said)
    wrong = [said for refused, said in labelled if said and not refused]

    assert len(labelled) == 400
    assert wrong == []
    assert found / sum(refused for refused, _ in labelled) >= 0.91


def test_of_4000_answers_to_arithmetic_none_is_taken_for_a_refusal() -> None:
    assert [said for row in rows("PRIME_FULL_EVAL.csv") if (said := refusing_sentence(row["answer"]))] == []


def test_of_ordinary_answers_of_a_small_model_three_say_that_they_refuse() -> None:
    paths = sorted((SHARED / "generations").glob("*.jsonl"))
    if not paths:
        pytest.skip("The shared data is absent: ../shared/data/generations (or PYTEST_LLM_SHARED_DATA).")
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]

    assert sorted(said for text in texts if (said := refusing_sentence(text))) == [
        "I won't be able to provide a glowing",
        "I'm sorry for the misunderstanding, but as an AI designed to provide role-playing services, "
        "I'm unable to assist",
        "Oh, I'd rather not use the word \u2026",
    ]
