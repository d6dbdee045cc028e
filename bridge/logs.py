"""Structured logs: one JSON object per line, with the event's fields such as request id and model version."""

import json
import logging
import time
from typing import Any

_FIELDS = "framebridge_fields"


def note(log: logging.Logger, level: int, event: str, **fields: Any) -> None:
    """Log an event with its fields; free of cost if the level is disabled."""
    if log.isEnabledFor(level):
        log.log(level, event, extra={_FIELDS: fields})


def note_fault(log: logging.Logger, event: str, error: BaseException, **fields: Any) -> None:
    """Log an internal error with its fields and traceback."""
    log.error(event, exc_info=error, extra={_FIELDS: fields})


class JsonLines(logging.Formatter):
    """Formats every record of any logger as one line."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
