"""The conversation of `decode.py` with a decoder's process: a line of JSON with the work, a line with the times.

Needs the standard library only, since some contestants run in environments of their own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).parents[1]
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Work:
    """Read each prompt, then say `tokens` tokens after it, the likeliest each time, all prompts side by side."""

    prompts: list[list[int]]
    tokens: int
    adapter: bool = False  # a LoRA adapter on every row


class Stopwatch:
    """Wall and processor time of the parts of a run, in seconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """What has passed since the last lap is `name`."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.laps |= {name: wall - self._wall, f"{name}_cpu": cpu - self._cpu}
        self._wall, self._cpu = wall, cpu


Run = Callable[[Work, Stopwatch], list[list[int]]]  # the tokens said after each prompt


def serve(run: Run, about: dict[str, Any]) -> None:
    """In the contestant's process: say who it is, then work until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # so that nothing that a library prints is taken for an answer
    for answer in _answers(run, about):
        print(json.dumps(answer), file=answers, flush=True)


def _answers(run: Run, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield about
    for line in sys.stdin:
        work, watch = Work(**json.loads(line)), Stopwatch()
        yield {"said": run(work, watch), "seconds": watch.laps}


class Contestant:
    """A contestant's process, from outside."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.about = self._answer()

    def run(self, work: Work) -> dict[str, Any]:
        """`said` and `seconds` of the work."""
        assert self._process.stdin is not None
        print(json.dumps(asdict(work)), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args} ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def contestant(python: str, script: Path, *arguments: str, paths: Sequence[Path] = ()) -> Iterator[Contestant]:
    """Start `script` with one thread, for the block."""
    variables = {**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(map(str, (BENCHMARKS, *paths)))}
    command = [python, str(script), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables)
    try:
        yield Contestant(process)
    finally:
        process.kill()
        process.communicate()
