"""What ``pytest-llm drift compare`` prints."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llm.drift.early import Early
from pytest_llm.drift.example import most_changed
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.text import plural

__all__ = ["lines"]


def lines(found: Verdict, probes: Sequence[Probe], early: Sequence[Early] = ()) -> list[str]:
    """Return the verdict, its evidence, an example of a change, and what the comparison could have seen."""
    said = [f"{found.kind}: {found.sentence}"]
    if not any(probe.measured for probe in probes):
        said.append("  no request is on both sides: compared as a whole, as if both had asked the same questions")
    said += [f"  {evidence.rung}: {evidence}" for evidence in found.evidence]
    said += [f"  {one}" for one in early]
    if found.changed and (example := most_changed(probes, found.direction)):
        said += [f"  {line}" for line in example.lines()]
    alone = [sum(bool(probe.baseline) > bool(probe.fresh) for probe in probes)]
    alone.append(sum(bool(probe.fresh) > bool(probe.baseline) for probe in probes))
    if any(alone):
        said.append(f"  {plural(alone[0], 'request')} of A and {alone[1]:,} of B have no counterpart")
    if found.power and found.kind != "UNCHANGED":
        said.append(f"  {found.power}")
    if found.level == "WARN":
        named = any(evidence.session_p is not None for evidence in found.evidence)
        how = "so few sessions cannot tell" if named else "name them by --session"
        said.append(f"  calls were permuted: sessions of one provider may differ by more; {how}")
    return said
