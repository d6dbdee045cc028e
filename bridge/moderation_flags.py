"""The flags of moderation, in a file the table [moderation]."""

from pathlib import Path
from typing import Any

from bridge.flag import Flag, flag
from bridge.value_kinds import FILE, NUMBER, OUTCOMES, SWITCH, WHOLE, ValueKind


def _flag(key: str, field: str, metavar: str, about: str, kind: ValueKind, **more: Any) -> Flag:
    return flag(f"--moderation-{key}", f"moderation_{field}", metavar, about, kind, path=("moderation", key), **more)


MODERATION = (
    _flag("input", "input", "true|false", "judge what players say to NPCs: pass, mark or hold", SWITCH),
    _flag("output", "output", "true|false", "judge what NPCs say", SWITCH),
    _flag(
        "list",
        "list",
        "FILE",
        "list of rules, read again when it changes; `framebridge moderation list` prints one to start from",
        FILE,
        unset="the one that ships",
        sample=Path("moderation.txt"),
    ),
    _flag(
        "outcomes",
        "outcomes",
        "CLASS=OUTCOME",
        "outcomes of classes in place of the list's (pass, mark, hold), separated by commas on the command line",
        OUTCOMES,
        sample=("threat=mark",),
    ),
    _flag(
        "score",
        "score",
        "SCORE",
        "classifier's score, 0 to 1, that marks a text in which a rule fired that lets it pass",
        NUMBER,
    ),
    _flag(
        "lines-per-minute",
        "lines_per_minute",
        "N",
        "lines that a player may say to NPCs in a minute",
        NUMBER,
        unset="no limit",
        sample=30.0,
    ),
    _flag("burst", "burst", "N", "lines that a player may say at once, where there is a limit", WHOLE),
    _flag(
        "audit",
        "audit",
        "FILE",
        "append a JSON line for each text that is marked or held: time, client, player, classes, outcome",
        FILE,
        unset="none",
        sample=Path("moderation.jsonl"),
    ),
    _flag("audit-text", "audit_text", "true|false", "write the texts to that file too", SWITCH),
)
