"""Runs the demo's server as a child process, on any platform."""

import contextlib
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from bridge.config import Config
from bridge.errors import ServerUnavailable
from bridge.flags import arguments_of

_SERVING = re.compile(r"^serving at (\S+)$")
_READY_WITHIN = 600.0
_LAST_LINES = 15


class Child:
    """A server in a child process; use it with `with`. Its progress goes to `say`, its log to a file."""

    def __init__(self, config: Config, log: Path, say: Callable[[str], None]) -> None:
        self._command = [sys.executable, "-P", "-u", "-m", "bridge.cli", "serve", *arguments_of(config)]
        self._drain = config.drain_seconds
        self._log = log
        self._say = say
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.address = ""
        self.seconds_to_ready = 0.0
        self.cpu_seconds_to_ready = 0.0

    def __enter__(self) -> Self:
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows: so that only the child gets the signal
        self._began = time.perf_counter()
        self._log_file = self._log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            encoding="utf-8",
            errors="replace",
            creationflags=flags,
        )
        self._reader = threading.Thread(target=self._read, name="framebridge-demo-server", daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._reader.join(5.0)
        self._log_file.close()

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the server so far; 0 once it has exited."""
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def wait_ready(self) -> None:
        """Wait until it serves. ServerUnavailable, with the end of its log, if it exits first."""
        give_up = self._began + _READY_WITHIN
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, give_up - time.perf_counter()))
            except queue.Empty:
                raise ServerUnavailable(
                    f"the server was not ready after {_READY_WITHIN:g} s; see {self._log}"
                ) from None
            if line is None:
                raise ServerUnavailable(f"the server ended before it was ready:\n{self._last_words()}")
            serving = _SERVING.match(line)
            if serving:
                self.address = serving[1]
                self.seconds_to_ready = time.perf_counter() - self._began
                self.cpu_seconds_to_ready = self.cpu_seconds
                return
            self._say(line)

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip())
        self._process.stdout.close()
        self._lines.put(None)

    def _stop(self) -> None:
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                self._process.terminate()
        try:
            self._process.wait(self._drain + 5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
