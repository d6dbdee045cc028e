"""motmetrics' IDF1 and its company for recorded tracks: a JSON document in, one out.

In: [{"truth": [[[person, x1, y1, x2, y2], ...] for each frame], "tracks": the same with ids}, ...]
Out: [{"idf1": ..., "mota": ..., "num_switches": ..., "num_fragmentations": ...}, ...]

Distances are made here: the package's own IoU fails under NumPy 2.

    python judge.py IN OUT
"""

import json
import sys
from pathlib import Path
from typing import Any

import motmetrics
import numpy as np
from numpy.typing import NDArray

METRICS = ["idf1", "mota", "num_switches", "num_fragmentations"]
LEAST_IOU = 0.5


def distances(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - IoU of each pair of [N, 4] and [M, 4]; NaN, which forbids the pair, below LEAST_IOU."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (some, others)]
    shares = shared / (areas[0][:, None] + areas[1][None, :] - shared)
    return np.where(shares >= LEAST_IOU, 1 - shares, np.nan)


def judged(truth: list[list[list[float]]], tracks: list[list[list[float]]]) -> dict[str, float]:
    """The metrics of one clip."""
    account = motmetrics.MOTAccumulator(auto_id=True)
    for real, found in zip(truth, tracks, strict=True):
        rows, others = np.array(real, float).reshape(-1, 5), np.array(found, float).reshape(-1, 5)
        account.update(rows[:, 0].astype(int), others[:, 0].astype(int), distances(rows[:, 1:], others[:, 1:]))
    summary: Any = motmetrics.metrics.create().compute(account, metrics=METRICS, name="run")
    return {name: float(summary[name].iloc[0]) for name in METRICS}


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    Path(sys.argv[2]).write_text(json.dumps([judged(run["truth"], run["tracks"]) for run in asked]), "utf-8")
