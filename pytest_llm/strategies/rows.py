"""How often a relation held: the row of the robustness table that one test adds to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_llm.cassettes.scores import digest
from pytest_llm.stats.flips import shown

__all__ = ["Kind", "Row"]

Kind = Literal["invariant", "directional", "again"]


@dataclass
class Row:
    """How often one relation held, for each prompt by its digest; ``stopped`` at a failure, the rest was not tried."""

    relation: str
    kind: Kind
    outcomes: dict[str, list[bool]] = field(default_factory=dict)
    stopped: bool = False

    def count(self, prompt: str, *, held: bool) -> None:
        """Count one variant of a prompt."""
        self.outcomes.setdefault(digest(prompt), []).append(held)

    @property
    def asked(self) -> int:
        """For how many variants the relation was tried."""
        return sum(map(len, self.outcomes.values()))

    @property
    def share(self) -> float:
        """The share of them for which it held."""
        return sum(map(sum, self.outcomes.values())) / self.asked

    def told(self) -> dict[str, Any]:
        """Return the row as JSON: how often the relation held for each prompt."""
        prompts = {prompt: [sum(held), len(held)] for prompt, held in self.outcomes.items()}
        return {"relation": self.relation, "kind": self.kind, "prompts": prompts, "stopped": self.stopped}

    def __str__(self) -> str:
        return f"{self.relation}: {shown([(sum(held), len(held)) for held in self.outcomes.values()])}"
