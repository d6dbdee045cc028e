"""The audit trail tells who and which class, and what was said only if it is asked to."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import ConfigError
from bridge.moderation.audit import Audit
from bridge.moderation.moderation import Moderation
from tests.moderation.lists import moderation

SECRET = "curse you, zork of Hollowmere"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def audited(audit: Audit, judged: Moderation, *texts: str) -> None:
    for text in texts:
        audit.judged(judged.check(text), text, identity="10.0.0.7", player="ann", speaker="player")


def test_what_is_marked_or_held_is_written_without_the_talk(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audited(Audit(path, clock=lambda: 0.5), moderation(tmp_path), "good day", "damn", SECRET, "curse you")
    of_all = {"time": "1970-01-01T00:00:00.500+00:00", "identity": "10.0.0.7", "player": "ann", "speaker": "player"}
    assert lines(path) == [
        {**of_all, "outcome": "hold", "classes": ["slur", "abuse"]},
        {**of_all, "outcome": "mark", "classes": ["abuse"]},
    ]


def test_the_talk_is_written_on_request(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audited(Audit(path, with_text=True), moderation(tmp_path), SECRET)
    (line,) = lines(path)
    assert (line["text"], line["score"]) == (SECRET, None)
    assert line["rules"] == ["(fuck*|curse) <you>", "zork | zorks"]


def test_a_refused_line_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    Audit(path, with_text=True).limited(identity="10.0.0.7", player="an\nn")
    (line,) = lines(path)
    assert (line["outcome"], line["player"], line["classes"]) == ("limited", "an\nn", [])


def test_the_file_may_be_rotated(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit, judged = Audit(path), moderation(tmp_path)
    audited(audit, judged, SECRET)
    path.rename(tmp_path / "audit.1")
    audited(audit, judged, SECRET)
    assert len(lines(path)) == len(lines(tmp_path / "audit.1")) == 1


def test_a_file_that_cannot_be_written_is_an_error_at_the_start_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        Audit(tmp_path)
    path = tmp_path / "folder" / "audit.jsonl"
    path.parent.mkdir()
    audit, judged = Audit(path), moderation(tmp_path)
    path.unlink()
    path.parent.rmdir()
    audited(audit, judged, SECRET, SECRET)
    assert caplog.text.count("the audit trail") == 1
