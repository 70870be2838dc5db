"""What a test asked is told from what its prompts quote of the answers it had."""

from __future__ import annotations

import pytest

from pytest_llm.messages import Interaction, Message, Request, Response, ToolCall
from pytest_llm.snapshots.asking import asking

SYSTEM, HELLO = Message("system", "Be brief."), Message("user", "Hello, who are you?")
MORE = Message("user", "Tell me more.")


def call(messages: list[Message], answer: str = "", *calls: ToolCall) -> Interaction:
    return Interaction(Request("openai-chat", "m", tuple(messages)), Response(answer, tool_calls=calls))


def chat(first: str, second: str = "Bye.", system: str = "Be brief.") -> list[Interaction]:
    """Return two calls of a conversation that keeps its history."""
    opening = [Message("system", system), HELLO]
    return [call(opening, first), call([*opening, Message("assistant", first), MORE], second)]


def test_a_quoted_answer_is_not_asked() -> None:
    one, other = asking(chat("I am a lamp.")), asking(chat("I am a book."))

    assert one["asked"] == other["asked"]
    assert one["quoted"] != other["quoted"]


def test_what_was_asked_for_a_quoted_answer_is_asked() -> None:
    assert asking(chat("I am a lamp."))["asked"] != asking(chat("I am a lamp.", system="Be long."))["asked"]


def test_an_assistant_s_message_that_the_test_wrote_itself_is_asked() -> None:
    written = [[call([HELLO, Message("assistant", text), MORE], "Bye.")] for text in ("I am a lamp.", "I am a book.")]
    one, other = map(asking, written)

    assert "quoted" not in one
    assert one["asked"] != other["asked"]


def piped(summary: str, prompt: str = "Summarise the policy.") -> list[Interaction]:
    """Return a call whose answer goes into the text of the next one."""
    return [
        call([Message("user", prompt)], summary),
        call([Message("user", f"Translate this: {summary} Thank you.")], "Voilà."),
    ]


def test_an_answer_within_a_longer_text_is_a_quote() -> None:
    one, other = (
        asking(piped("You have thirty days to return it.")),
        asking(piped("You have three weeks to return it.")),
    )
    asked = asking(piped("You have thirty days to return it.", "Sum up the policy."))

    assert (one["asked"], one["quoted"] == other["quoted"]) == (other["asked"], False)
    assert one["quoted"] == asked["quoted"]
    assert one["asked"] != asked["asked"]


def agent(city: str, result: str, *, calls: bool = True) -> list[Interaction]:
    """Return a run with a tool, or one in which the model answers at once."""
    tool = ToolCall("get_weather", {"city": city}, id=f"call_{city}")
    if not calls:
        return [call([SYSTEM, HELLO], "Sunny.")]
    quoted = [Message("assistant", "", (tool,)), Message("tool", result, tool_call_id=tool.id)]
    return [call([SYSTEM, HELLO], "", tool), call([SYSTEM, HELLO, *quoted], "Sunny.")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(agent("Ulm", "9 degrees"), id="another argument"),
        pytest.param(agent("Oslo", "9 degrees"), id="another result"),
        pytest.param(agent("Oslo", "", calls=False), id="no call"),
    ],
)
def test_tool_calls_and_their_results_are_quotes(other: list[Interaction]) -> None:
    first, second = asking(agent("Oslo", "1 degree")), asking(other)

    assert first["asked"] == second["asked"]
    assert first["quoted"] != second.get("quoted")


def test_what_stands_beside_a_prompt_from_a_file_has_a_hash_of_its_own() -> None:
    texts = ["Return a lamp within 30 days?", "Return a book within 30 days?"]
    plain = [asking([call([SYSTEM, Message("user", f"{text} Thanks.")])], [text])["beside"] for text in texts]
    rude = asking([call([SYSTEM, Message("user", f"{texts[0]} Now.")])], [texts[0]])["beside"]

    assert plain[0] == plain[1] != rude


def test_a_long_conversation_is_read_once() -> None:
    history: list[Message] = [SYSTEM]
    made = []
    for number in range(60):
        history.append(Message("user", f"Question {number} of a long conversation"))
        made.append(call(list(history), f"Answer {number} of a long conversation"))
        history.append(Message("assistant", made[-1].response.text))

    assert set(asking(made)) == {"asked", "quoted"}
