"""The answer under test is data: encoded so that nothing in it can end it, instruct, or pass for structure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

__all__ = ["encoded"]

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# What begins the control tokens of chat templates (<|im_end|>, <start_of_turn>, </s>, [INST]), which servers of open
# models obey wherever they stand, and code fences.
_CONTROL = re.compile(r"<|\[(?=[/\w])|```")


def encoded(data: Mapping[str, object]) -> str:
    """Return the data as JSON, one key a line, that decodes to just what went in.

    Within it a text cannot end its string, begin a line, or hold a control token of a chat template, a code fence or
    an invisible character: those are spelled as JSON escapes. The same data gives the same bytes.
    """
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in data.items())
    return "{\n" + ",\n".join(_STRING.sub(lambda match: _safe(match[0]), line) for line in lines) + "\n}"


def _safe(string: str) -> str:
    string = _CONTROL.sub(lambda match: "".join(map(_escape, match[0])), string)
    if string.isprintable():
        return string
    return "".join(char if char.isprintable() else _escape(char) for char in string)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
