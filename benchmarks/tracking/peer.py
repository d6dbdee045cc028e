"""What runs in the peer's environment: motmetrics' boxes and metrics, and `trackers`' ByteTrack."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fake_device.runner import PeerUnavailable, environment

from tracking.contenders import Found
from tracking.scenes import RATE, Frame

_FOLDER = Path(__file__).parents[1] / "peers" / "trackers"
BYTETRACK = {"frame_rate": RATE}  # and its defaults otherwise
# With our thresholds in place of its own: what it gives away by its defaults is no merit of ours.
BYTETRACK_WITH_OUR_THRESHOLDS = {
    "frame_rate": RATE,
    "lost_track_buffer": 60,  # of 30 frames a second
    "track_activation_threshold": 0.5,
    "high_conf_det_threshold": 0.5,
    "minimum_consecutive_frames": 1,
}


def truth() -> dict[str, list[list[float]]]:
    """By clip, rows of frame, person, x1, y1, x2, y2."""
    found: dict[str, list[list[float]]] = _ran("truth.py")
    return found


def bytetrack(runs: list[list[Frame]], settings: dict[str, Any]) -> list[list[Found]]:
    """`trackers`' ByteTrack: for each run the boxes of each frame that have an id."""
    frames = [[{"boxes": f.boxes.tolist(), "scores": f.scores.tolist()} for f in run] for run in runs]
    found: list[list[Found]] = _ran("track.py", {"runs": [{"frames": run} for run in frames], "settings": settings})
    return found


def judged(runs: list[list[Frame]], tracks: list[list[Found]]) -> list[dict[str, float]]:
    """motmetrics' figures of each run."""
    documents = [
        {"truth": [[[p.id, *p.box.tolist()] for p in frame.truth] for frame in run], "tracks": found}
        for run, found in zip(runs, tracks, strict=True)
    ]
    figures: list[dict[str, float]] = _ran("judge.py", documents)
    return figures


def _ran(script: str, document: Any = None) -> Any:
    """The JSON document that a script of the peer's folder makes of another; PeerUnavailable if it fails."""
    python = environment("trackers")
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.json", Path(folder) / "out.json"
        files = [made]
        if document is not None:
            given.write_text(json.dumps(document), "utf-8")
            files.insert(0, given)
        done = subprocess.run([python, _FOLDER / script, *files], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise PeerUnavailable(f"{script} failed: {(done.stderr.strip() or 'no reason given')[-300:]}")
        return json.loads(made.read_text("utf-8"))
