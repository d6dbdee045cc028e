"""`trackers`' ByteTrack over recorded detections: a JSON document in, one out.

In: {"runs": [{"frames": [{"boxes": [[x1, y1, x2, y2], ...], "scores": [...]}, ...]}], "settings": {...}}
Out: for each run and frame a list of [id, x1, y1, x2, y2] of the boxes that have an id.

    python track.py IN OUT
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker


def tracked(frames: list[dict[str, Any]], settings: dict[str, Any]) -> list[list[list[float]]]:
    """One clip, frame by frame."""
    tracker = ByteTrackTracker(**settings)
    found = []
    for frame in frames:
        boxes = np.array(frame["boxes"], np.float32).reshape(-1, 4)
        scores = np.array(frame["scores"], np.float32)
        detections = sv.Detections(xyxy=boxes, confidence=scores, class_id=np.zeros(len(boxes), int))
        known = tracker.update(detections)
        ids = known.tracker_id if known.tracker_id is not None else []
        found.append([[int(i), *map(float, box)] for i, box in zip(ids, known.xyxy, strict=True) if i >= 0])
    return found


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    answers = [tracked(run["frames"], asked["settings"]) for run in asked["runs"]]
    Path(sys.argv[2]).write_text(json.dumps(answers), "utf-8")
