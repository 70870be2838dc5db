"""What the guards of similar_to add to the cosine of sentence embeddings, on pairs of texts whose relation is known.

python -m benchmarks.similarity FOLDER [--record]

FOLDER holds the sentence-transformers model (all-MiniLM-L6-v2); ``--record`` writes the cosines into the pairs file.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from pytest_llm.metrics.guards import differences

PAIRS = Path(__file__).parents[1] / "tests" / "unit" / "metrics" / "guards" / "pairs.jsonl"
KINDS = ("paraphrase", "unrelated", "negated", "number", "roles", "entity", "date")
SPLITS = ("dev", "test", "test2")
THRESHOLDS = [step / 100 for step in range(100)]
LOW, DEFAULT = 0.5, 0.8  # where the guards pay, and what similar_to takes when it is told nothing

Pair = dict[str, Any]


def cosines(folder: str, pairs: Sequence[Pair]) -> list[float]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")
    one, other = (
        model.encode([pair[key] for pair in pairs], normalize_embeddings=True) for key in ("reference", "text")
    )
    return [round(float(cosine), 6) for cosine in (one * other).sum(axis=1)]


def share(pairs: Sequence[Pair], threshold: float, *, guarded: bool) -> float:
    """Return the share of pairs that count as similar."""
    return mean(pair["cosine"] >= threshold and not (guarded and pair["differs"]) for pair in pairs)


def best(pairs: Sequence[Pair], *, guarded: bool) -> float:
    """Return the middle of the thresholds of the best balanced accuracy."""
    good = [pair for pair in pairs if pair["kind"] == "paraphrase"]
    bad = [pair for pair in pairs if pair["kind"] != "paraphrase"]
    rated = [(share(good, at, guarded=guarded) - share(bad, at, guarded=guarded), at) for at in THRESHOLDS]
    return median([at for rate, at in rated if rate == max(rated)[0]])


def table(split: str, pairs: Sequence[Pair]) -> str:
    plain, guarded = best(pairs, guarded=False), best(pairs, guarded=True)
    lines = [
        f"| {split} | pairs | mean cosine | cosine >= {plain:.2f} | guarded, >= {guarded:.2f} | guarded, >= {LOW:.2f} "
        f"| cosine >= {DEFAULT:.2f} | guarded, >= {DEFAULT:.2f} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    groups = {kind: [pair for pair in pairs if pair["kind"] == kind] for kind in KINDS}
    groups["all hard negatives"] = [pair for pair in pairs if pair["kind"] in KINDS[2:]]
    for kind, those in groups.items():
        shares = (
            share(those, plain, guarded=False),
            share(those, guarded, guarded=True),
            share(those, LOW, guarded=True),
            share(those, DEFAULT, guarded=False),
            share(those, DEFAULT, guarded=True),
        )
        cells = " | ".join(f"{100 * accepted:.1f} %" for accepted in shares)
        lines.append(f"| {kind} | {len(those)} | {mean(pair['cosine'] for pair in those):.2f} | {cells} |")
    return "\n".join(lines)


def microseconds(pairs: Sequence[Pair]) -> float:
    """Return the median time of a pair, of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for pair in pairs:
            differences(pair["reference"], pair["text"])
        rounds.append((time.perf_counter() - start) / len(pairs) * 1e6)
    return median(rounds)


def main() -> None:
    arguments = [one for one in sys.argv[1:] if one != "--record"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    pairs: list[Pair] = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    for pair, cosine in zip(pairs, cosines(arguments[0], pairs), strict=True):
        pair["cosine"] = cosine
    if "--record" in sys.argv:
        PAIRS.write_text("".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs), encoding="utf-8")
    for pair in pairs:
        pair["differs"] = bool(differences(pair["reference"], pair["text"]))
    for split in SPLITS:
        those = [pair for pair in pairs if pair["split"] == split]
        if those:
            print(f"{table(split, those)}\n")
    print(f"The guards take {microseconds(pairs):.0f} microseconds a pair.")


if __name__ == "__main__":
    main()
