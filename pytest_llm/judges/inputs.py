"""What a judge is shown: the answer, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.rubric import Need, Rubric
from pytest_llm.text import and_list

__all__ = ["Inputs"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """An answer under test (a text, or what JSON can say of tool calls or a conversation) and what belongs to it."""

    answer: object
    question: str | None = None
    context: tuple[str, ...] = ()
    reference: str | None = None

    def data(self) -> dict[str, object]:
        """Return everything that is given, the answer last."""
        return {**self.around(), "answer": self.answer}

    def around(self) -> dict[str, object]:
        """Return everything that is given but the answer."""
        given: dict[str, object] = {"question": self.question, "context": self.texts, "reference": self.reference}
        return {name: value for name, value in given.items() if value}

    @property
    def texts(self) -> object:
        """The context as one text, or as a list of passages."""
        return self.context[0] if len(self.context) == 1 else list(self.context)

    @property
    def text(self) -> str:
        """The answer as one text, for a person."""
        if isinstance(self.answer, Mapping):
            return f"{self.answer.get('text', '')} {self.answer.get('tool_calls', '')}".strip()
        return self.answer if isinstance(self.answer, str) else str(self.answer)

    def check(self, rubric: Rubric) -> None:
        """Raise ``ConfigurationError`` when the rubric needs what is not given."""
        given: dict[Need, object] = {"question": self.question, "context": self.context, "reference": self.reference}
        if missing := [need for need in rubric.needs if not given[need]]:
            raise ConfigurationError(
                f"The rubric {rubric.title!r} needs {and_list([f'{need}=' for need in missing])}, "
                f"which {'is' if len(missing) == 1 else 'are'} not given or empty."
            )
