"""The results of tool calls: found in the requests that came after the answer which made the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_llm.messages import Interaction, Message, ToolCall

__all__ = ["Results"]

_RESULTS = frozenset({"tool", "function"})


class Results:
    """Finds the results of an answer's tool calls in the requests after it.

    A call's result is the message that answers it: by the call's id, by the tool's name, or by position in the APIs
    that have no ids. Ask in the order of the answers: equal calls of conversations side by side take turns.
    """

    def __init__(self, made: Sequence[Interaction]) -> None:
        self._calls = [one.response.tool_calls for one in made]
        self._asked = [one.request.messages for one in made]
        self._ids = Counter(call.id for calls in self._calls for call in calls)
        self._claimed: list[tuple[int, int]] = []

    def of(self, index: int) -> tuple[str | None, ...]:
        """Return the text of the result of each call of the answer at ``index``; None for one that has none."""
        calls = self._calls[index]
        place = self._place(index) if calls else None
        texts: list[str | None] = [None] * len(calls)
        if place is not None:
            texts = _texts(calls, _answers(self._asked[place[0]][place[1] :], calls))
        return tuple(
            self._elsewhere(index, call) if text is None else text for call, text in zip(calls, texts, strict=True)
        )

    def _place(self, index: int) -> tuple[int, int] | None:
        """Return where a later request quotes the calls: one that continues this very conversation, else any.

        Each place serves one answer, so that equal calls of conversations side by side have each its own result.
        """
        for find in (self._continued, self._quoted):
            taken = None
            for later in range(index + 1, len(self._asked)):
                position = find(index, later)
                if position is None:
                    continue
                if not self._is_claimed(later, position):
                    self._claimed.append((later, position))
                    return later, position
                taken = taken or (later, position)
            if taken is not None:
                return taken
        return None

    def _continued(self, index: int, later: int) -> int | None:
        before, messages = self._asked[index], self._asked[later]
        end = len(before)
        continues = len(messages) > end and messages[:end] == before and _quotes(messages[end:], self._calls[index])
        return end if continues else None

    def _quoted(self, index: int, later: int) -> int | None:
        messages = self._asked[later]
        places = (place for place in reversed(range(len(messages))) if messages[place].tool_calls)
        return next((place for place in places if _quotes(messages[place:], self._calls[index])), None)

    def _is_claimed(self, later: int, position: int) -> bool:
        """Say whether the request, or one whose history it continues, gave its results to an earlier answer."""
        return any(
            place == position and request <= later and self._asked[later][: len(asked)] == asked
            for request, place in self._claimed
            for asked in [self._asked[request]]
        )

    def _elsewhere(self, index: int, call: ToolCall) -> str | None:
        """Return a result that comes late, or without a history before it, by an id that only this call has."""
        if call.id is None or self._ids[call.id] > 1:
            return None
        messages = (message for later in self._asked[index + 1 :] for message in later)
        return next((_text(one) for one in messages if one.role in _RESULTS and one.tool_call_id == call.id), None)


def _quotes(messages: Sequence[Message], calls: Sequence[ToolCall]) -> bool:
    """Say whether the messages begin with all the calls; results may stand between, as some APIs have them."""
    return _after_quote(messages, calls) is not None


def _after_quote(messages: Sequence[Message], calls: Sequence[ToolCall]) -> int | None:
    pending = list(calls)
    for position, message in enumerate(messages):
        if message.role != "assistant" and message.role not in _RESULTS:
            return None
        for quoted in message.tool_calls:
            pending = _without(pending, quoted)
        if not pending:
            return position + 1
    return None


def _without(pending: list[ToolCall], quoted: ToolCall) -> list[ToolCall]:
    found = next((index for index, call in enumerate(pending) if _is_same(call, quoted)), None)
    return pending if found is None else pending[:found] + pending[found + 1 :]


def _is_same(call: ToolCall, quoted: ToolCall) -> bool:
    if call.name != quoted.name:
        return False
    return call.id == quoted.id if call.id and quoted.id else call.arguments == quoted.arguments


def _answers(messages: Sequence[Message], calls: Sequence[ToolCall]) -> list[Message]:
    """Return the results between the quoted calls and the next answer."""
    start = _after_quote(messages, calls) or 0
    ends = (position for position in range(start, len(messages)) if messages[position].role == "assistant")
    return [message for message in messages[: next(ends, len(messages))] if message.role in _RESULTS]


def _texts(calls: Sequence[ToolCall], answers: list[Message]) -> list[str | None]:
    """Pair calls with results: by id, then by the tool's name, then by position where results name no call."""
    texts: list[str | None] = [None] * len(calls)
    for keys in ([call.id or "" for call in calls], [call.name for call in calls], [None] * len(calls)):
        for index, key in enumerate(keys):
            found = next((one for one in answers if one.tool_call_id == key), None)
            if found is not None and texts[index] is None:
                answers = [one for one in answers if one is not found]
                texts[index] = _text(found)
    return texts


def _text(message: Message) -> str:
    return message.text or ", ".join(message.attachments)
