"""The demo from its first line to its exit code, for three seconds and on real models."""

import json
import resource
from pathlib import Path

import pytest
from PIL import Image

from bridge.tools import wheels
from bridge.tools.demo.options import Options
from bridge.tools.demo.play import play


@pytest.mark.skipif(bool(wheels.missing()), reason="`framebridge models fetch` has not been run")
def test_a_short_demo_leaves_everything_it_promises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = tmp_path / "trace.jsonl"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # the server runs in the process of all tests
    generous = {f"{work}_budget_ms": 20_000.0 for work in ("avatar", "classify", "detect", "first_token")}
    code = play(Options(seconds=3.0, out=tmp_path / "out", device="cpu", trace=trace, no_view=True, **generous))
    said = capsys.readouterr().out
    out = tmp_path / "out"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["problems"] == []
    assert code == 0
    assert summary["ok"] is True
    assert 0 < summary["peak_rss_mib"] <= max(2048, before + 1024)
    assert 0 < summary["kv_pool_mib"] < summary["peak_rss_mib"]
    for work in summary["capabilities"].values():
        assert work["requests"] > 0
        assert work["stale"] == 0
    for name in ("avatar_sheet.png", "avatar.webp", "photo_boxes.png"):
        with Image.open(out / name) as picture:
            picture.load()
    assert list(out.glob("clip_*.png"))
    assert "**Mara:**" in (out / "transcript.md").read_text(encoding="utf-8")
    assert summary["load"]["carried"] is True
    assert summary["load"]["sentence"] in said
    assert (
        summary["load"]["played"]
        == summary["load"]["full"]
        == {"avatars": 1, "avatar_fps": 30.0, "classify_fps": 3.0, "detect_fps": 2.0, "characters": 2}
    )
    assert summary["machine"]["cores"] >= 1
    assert summary["machine"]["processor"]
    assert "dialogue: warming up" in said
    assert str(out) in said
    events = [json.loads(line)["event"] for line in trace.read_text(encoding="utf-8").splitlines()]
    assert {"trace", "lane", "arrival", "slice", "outcome"} <= set(events)
