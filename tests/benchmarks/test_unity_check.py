"""The check of the game loop finds torn, stale and missing frames."""

import json
from pathlib import Path

import pytest
import unity_loop
from unity.check import Say, Sent, Upload, Window, carries_history, judge, read_log, read_uploads


def sent(index: int, *, digest: str = "d", session: str = "s", slot: int = 0, tick: float = 10.0) -> Sent:
    return Sent(session, slot, index, digest, tick, tick + 0.01)


def upload(index: int, *, digest: str = "d", session: str = "s", slot: int = 0, elapsed: float = 0.02) -> Upload:
    return Upload(session, "s", slot, index, digest, elapsed, 0.05, 10.02, 10.03, False)


def test_all_frames_in_order() -> None:
    verdict = judge([sent(1), sent(2), sent(1, slot=1)], [upload(1), upload(1, slot=1), upload(2)])
    assert (verdict.delivered, verdict.torn, verdict.stale) == (1.0, 0, 0)
    assert verdict.over_budget_by_shared_clock == 0
    assert verdict.worst_past_budget_ms == pytest.approx(-30)


def test_other_bytes_than_sent_are_torn_and_not_delivered() -> None:
    verdict = judge([sent(1), sent(2)], [upload(1, digest="x"), upload(2)])
    assert (verdict.delivered, verdict.torn) == (0.5, 1)


def test_a_frame_that_was_never_sent_is_torn() -> None:
    assert judge([sent(1)], [upload(1), upload(7)]).torn == 1


@pytest.mark.parametrize(
    ("uploads", "kind"),
    [
        ([upload(2), upload(1)], "not_newer"),
        ([upload(2), upload(2)], "not_newer"),
        ([upload(1, session="before")], "old_session"),
        ([upload(1, elapsed=0.051)], "over_budget"),
    ],
)
def test_stale_frames(uploads: list[Upload], kind: str) -> None:
    verdict = judge([sent(1), sent(2), sent(1, session="before")], uploads)
    assert verdict.row()[kind] == verdict.stale == 1
    assert verdict.torn == 0


def test_indices_of_different_slots_and_sessions_are_not_compared() -> None:
    frames = [sent(5), sent(4, slot=1), sent(1, session="t")]
    uploads = [upload(5), upload(4, slot=1), upload(1, session="t")._replace(current_session="t")]
    assert judge(frames, uploads).stale == 0


def test_a_frame_whose_age_is_underestimated_is_found_by_the_shared_clock() -> None:
    verdict = judge([sent(1, tick=9.9)], [upload(1)])
    assert (verdict.stale, verdict.over_budget_by_shared_clock) == (0, 1)
    assert verdict.worst_past_budget_ms == pytest.approx(70)


def test_only_frames_in_the_window_must_be_uploaded() -> None:
    frames = [sent(1, tick=1.0), sent(2, tick=2.0), sent(3, tick=3.0), sent(4, tick=4.0)]
    verdict = judge(frames, [upload(2), upload(4)], Window(1.5, 3.5))
    assert (verdict.sent, verdict.delivered) == (2, 0.5)


def test_no_frames() -> None:
    assert judge([], []).delivered == 0.0


def test_a_truncated_last_line_of_the_log_is_skipped(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [
        json.dumps(["frame", *sent(1)]),
        json.dumps(["say", "s", "npc", 3, "persona", "hello"]),
        '["frame", "s", 0',
    ]
    log.write_text("\n".join(lines))
    assert read_log(log) == ([sent(1)], [Say("s", "npc", 3, "persona", "hello")])


def test_uploads_are_read_as_the_game_writes_them(tmp_path: Path) -> None:
    log = tmp_path / "uploads"
    log.write_text("s\ts\t3\t17\t00ff\t0.02\t0.05\t10.5\t10.51\t1\n")
    assert read_uploads(log) == [Upload("s", "s", 3, 17, "00ff", 0.02, 0.05, 10.5, 10.51, True)]


def test_the_history_is_expected_in_the_next_persona() -> None:
    said = [Say("s", "npc", 1, "You are Mira.", "A story!"), Say("t", "npc", 2, "... said: A story!", "What was it?")]
    assert carries_history(said, "A story!", "What was it?")
    assert not carries_history(said[:1], "A story!", "What was it?")
    assert not carries_history([said[1]._replace(persona="You are Mira.")], "A story!", "What was it?")


def test_exceptions_of_all_parts_are_counted() -> None:
    parts = {
        "kills": {
            "verdict": {"torn": 1, "stale": 2},
            "kills": 3,
            "reconnects": 3,
            "turns_cut_off": 3,
            "one_clear_end": 2,
            "history_carried": 3,
            "unobserved_exceptions": 1,
        },
        "cycles": {
            "reload": {"cycles": 4, "leaked_contexts": 1, "leaked_sockets": 0, "exceptions": 2},
            "keep_statics": {"cycles": 5, "leaked_contexts": 1, "leaked_sockets": 2, "exceptions": 0},
            "left_on_server": {"slots": 0},
        },
    }
    figures = unity_loop.results(parts)
    assert figures["exceptions"] == 3
    assert (figures["cycles"], figures["leaked_contexts"], figures["leaked_sockets"]) == (4, 2, 2)
    assert (figures["ends_unclear"], figures["histories_lost"]) == (1, 0)
    assert (figures["torn"], figures["stale"], figures["reconnects"]) == (1, 2, 3)
