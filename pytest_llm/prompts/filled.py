"""A prompt from a file with its variables filled in: a text, messages, and where they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_llm import host
from pytest_llm.prompts.file import digest, read
from pytest_llm.prompts.filling import filled

__all__ = ["FilledPrompt", "load_prompt"]

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class FilledPrompt(str):
    """A prompt from a file, filled: the text itself, for code that builds its own client, and what ``llm.ask`` takes.

    ``messages`` are its messages as most APIs spell them, ``system`` the text of the system messages and ``turns`` the
    messages without them, for APIs that want these apart; ``params`` are the parameters of its front matter. As a text
    it is the texts of all its messages, between blank lines. ``file`` is where it came from, ``template`` the hash of
    what stands there, ``variables`` are the hashes of what was filled in, by name.
    """

    messages: list[dict[str, str]]
    params: dict[str, Any]
    file: Path
    template: str
    variables: Mapping[str, str]

    @property
    def system(self) -> str:
        """The text of the system messages."""
        return "\n\n".join(one["content"] for one in self.messages if one["role"] in ("system", "developer"))

    @property
    def turns(self) -> list[dict[str, str]]:
        """The messages that are no system messages."""
        return [one for one in self.messages if one["role"] not in ("system", "developer")]


def load_prompt(path: str | Path, /, **variables: object) -> FilledPrompt:
    """Return the prompt of a file, with its variables filled in.

    For applications; a test finds the same file by its name: ``llm_prompt("refund", policy=...)``. Raises
    ``PromptError`` for a file that cannot be read, a missing variable or bad syntax, and ``MissingExtraError`` for a
    file with ``syntax: jinja`` where Jinja2 is not installed.
    """
    file = read(Path(path))
    texts, included, names = filled(file, variables)
    prompt = FilledPrompt("\n\n".join(texts))
    prompt.messages = [
        {"role": section.role, "content": text} for section, text in zip(file.sections, texts, strict=True)
    ]
    prompt.params = dict(file.params)
    prompt.file = file.path
    sources = [file.syntax, *(f"{section.role}\n{section.text}" for section in file.sections)]
    prompt.template = digest("\0".join([*sources, *(f"{name}\n{text}" for name, text in sorted(included.items()))]))
    prompt.variables = {name: _hash(variables[name]) for name in sorted(names) if name in variables}
    if (run := host.current()) is not None:
        run.prompted(prompt)
    return prompt


def _hash(value: object) -> str:
    return digest(value if isinstance(value, str) else _ADDRESS.sub("", repr(value)))
