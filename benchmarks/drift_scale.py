"""1 000 requests of 20 + 20 draws: time and memory of the comparison, each rung and the whole.

python -m benchmarks.drift_scale [requests]
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from benchmarks.drift_material import baseline, pick, table
from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe


def main(requests: int) -> None:
    rng = np.random.default_rng(0)
    pools = list(baseline().values())
    probes = []
    for place in range(requests):
        pool = pools[place % len(pools)]
        order = rng.permutation(40)
        probes.append(Probe(f"r{place}", pick(pool, order[:20]), pick(pool, order[20:])))
    start, busy = time.perf_counter(), time.process_time()
    found = verdict(probes, Settings())
    seconds = time.perf_counter() - start
    cpu = time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        table(
            ["requests", "draws", "verdict", "seconds", "of CPU", "peak memory"],
            [[f"{requests:,}", f"{requests * 40:,}", found.kind, f"{seconds:.1f}", f"{cpu:.1f}", f"{memory:.0f} MB"]],
        )
    )


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (1000,)))
