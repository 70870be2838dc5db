"""What of a prompt a test asked, and what in it quotes the answers that the test had before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from pytest_llm.fingerprint import canonical
from pytest_llm.messages import Interaction, Message, Response
from pytest_llm.snapshots.rendering import spoken

__all__ = ["asking", "digest", "holds"]

_RESULTS = frozenset({"tool", "function"})
_ROLES = {"developer": "system", "model": "assistant"}
_LEAST = 20  # characters: a shorter text within a longer one may be there by chance


def asking(made: Sequence[Interaction], filled: Sequence[str] = (), *, every: bool = False) -> dict[str, str]:
    """Return the hashes ``asked``, ``quoted`` and ``beside`` of the last call, or of ``every`` one; see ``Origin``.

    ``made`` are the calls of the test up to this one, ``filled`` the texts that came from prompt files. What was asked
    includes what the quoted answers had been asked, so that a chain of calls is one question.
    """
    asked, quoted = _divided(made, every)
    hashes = {"asked": digest(asked)}
    if quoted:
        hashes["quoted"] = digest(quoted)
    if filled:
        hashes["beside"] = digest([(role, _without(text, filled)) for role, text in asked])
    return hashes


def holds(message: str, text: str) -> bool:
    """Say whether a message is a text, or has a text of some length within it."""
    return message == text or (len(text) >= _LEAST and text in message)


def _divided(made: Sequence[Interaction], every: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """Return what the last call (or every one) and those it quotes asked, as (role, text), and what it quotes."""
    last = len(made) - 1
    asked, quoted, sources = {}, {}, [*range(len(made))] if every else [last]
    for index in sources:  # it grows while there are answers that are quoted
        asked[index], quoted[index], found = _of_call(made[index].request.messages, made[:index])
        sources += [source for source in sorted(found) if source not in sources]
    pairs = [pair for index in sorted(asked) for pair in asked[index]]
    quotes = [text for index in sorted(quoted) for text in quoted[index]] if every else quoted[last]
    return list(dict.fromkeys(pairs)), list(dict.fromkeys(quotes)) if every else quotes


def _of_call(
    messages: Sequence[Message], made: Sequence[Interaction]
) -> tuple[list[tuple[str, str]], list[str], set[int]]:
    """Return what one call asked, what it quotes, and the places of the answers that it quotes."""
    before = [one.response for one in made]
    asked: list[tuple[str, str]] = []
    quoted: list[str] = []
    sources: set[int] = set()
    for message in messages:
        found = list(_quotes(message, before))
        sources.update(found)
        is_result = message.role in _RESULTS and any(response.tool_calls for response in before)
        if is_result or (found and message.role == "assistant"):
            quoted.append(spoken(message))
            continue
        texts = [before[index].text for index in found]
        quoted += texts
        asked.append((_ROLES.get(message.role, message.role), _without(spoken(message), texts)))
    return asked, quoted, sources


def _quotes(message: Message, before: Sequence[Response]) -> Iterator[int]:
    """Yield which earlier answers a message quotes."""
    said = [(call.name, call.arguments) for call in message.tool_calls]
    for index, response in enumerate(before):
        text = response.text.strip()
        calls = [(call.name, call.arguments) for call in response.tool_calls]
        if (text and message.role != "system" and holds(message.text.strip(), text)) or any(
            call in calls for call in said
        ):
            yield index


def _without(text: str, parts: Sequence[str]) -> str:
    for part in parts:
        if part.strip() and holds(text.strip(), part.strip()):
            text = text.replace(part.strip(), "\0")
    return text


def digest(value: object) -> str:
    """Return the hash that stands in front matter for a part of a request."""
    return blake2b(canonical(value).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
