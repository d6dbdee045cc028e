"""Kills the server with SIGKILL in the middle of a reply and restarts it on the same port, many times."""

import random
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from harness.process import server

from unity.check import carries_history, judge, read_log, read_uploads
from unity.game import last_line, playing

_SEED = 23
_LONGEST_DELAY = 0.3  # seconds from the first token to the kill
_LONGEST_PAUSE = 1.0  # seconds until the restart
_LOST = "ConnectionLost"
_SERVE = (str(Path(__file__).with_name("server.py")), "--pattern", "--models", "avatar,dialogue")


def kill_servers(rounds: int, folder: Path) -> dict[str, Any]:
    """Kill the server `rounds` times. The client must end each turn exactly once, and reconnect by itself."""
    log, uploads = folder / "kills.log", folder / "kills.uploads"
    draw = random.Random(_SEED)
    last = ""
    with ExitStack() as stack:
        address, process = stack.enter_context(server(*_SERVE, "--log", str(log)))
        port = address.rpartition(":")[2]
        arguments = ("kills", address, "--rounds", rounds, "--uploads", uploads)
        game = stack.enter_context(playing("GameLoop", *arguments))
        assert game.stdout is not None
        for line in game.stdout:
            last = line
            if line.strip() == "kill":
                time.sleep(draw.uniform(0.0, _LONGEST_DELAY))
                process.kill()
                process.wait()
                time.sleep(draw.uniform(0.0, _LONGEST_PAUSE))
                _, process = stack.enter_context(server(*_SERVE, "--log", str(log), "--port", port))
        code = game.wait()
    return _findings(code, last, log, uploads)


def _findings(code: int, last: str, log: Path, uploads: Path) -> dict[str, Any]:
    if code:
        raise SystemExit(f"the game exited with {code} when its server was killed: {last}")
    game = last_line(last)
    sent, said = read_log(log)
    rounds = game["rounds"]
    lost = [round_ for round_ in rounds if round_["finish"] == "Failed"]
    return {
        "kills": len(rounds),
        "reconnects": game["reconnects"],
        "turns_cut_off": len(lost),
        "turns_over_before_the_kill": len(rounds) - len(lost),
        "one_clear_end": sum(one["ends"] == 1 and bool(one["message"]) for one in lost if one["reason"] == _LOST),
        "ends_too_many": game["ends_too_many"],
        "refused_before_the_first_word": game["refused_before_the_first_word"],
        "next_complete": sum(one["next_complete"] for one in rounds),
        "history_carried": sum(carries_history(said, one["cut_off"], one["next"]) for one in rounds),
        "unobserved_exceptions": game["unobserved_exceptions"],
        "logged_exceptions": game["logged_exceptions"],
        "slowest_return_seconds": max(one["back_seconds"] for one in rounds),
        "verdict": judge(sent, read_uploads(uploads)).row(),
        "example": rounds[0],
        "console": game["console"],
    }
