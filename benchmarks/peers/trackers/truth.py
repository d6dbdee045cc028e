"""Writes the boxes of motmetrics' two clips as one JSON document: frames, persons, boxes x1, y1, x2, y2.

python truth.py OUT
"""

import json
import sys
from pathlib import Path

import motmetrics

CLIPS = ("TUD-Campus", "TUD-Stadtmitte")


def boxes(clip: str) -> list[list[float]]:
    """Rows of frame, person, x1, y1, x2, y2 in pixels, as the package's file has them."""
    text = (Path(motmetrics.__file__).parent / "data" / clip / "gt.txt").read_text("utf-8")
    rows = []
    for line in text.splitlines():
        frame, person, x, y, width, height = map(float, line.split(",")[:6])
        rows.append([frame, person, x, y, x + width, y + height])
    return rows


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps({clip: boxes(clip) for clip in CLIPS}), "utf-8")
