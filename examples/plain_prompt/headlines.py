"""The prompt of a headline writer, kept in a file of its own."""

from pathlib import Path

PARAMS = {"temperature": 0, "max_tokens": 32}
_PROMPT = Path(__file__).with_name("headline.txt")


def headline_prompt(topic: str) -> str:
    return _PROMPT.read_text(encoding="utf-8").strip().format(topic=topic)
