"""What processes have cost so far: processor time and context switches. Linux only."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """Processor time (user and system) in seconds; switches because a thread waited, and because it was preempted."""

    cpu: float
    waits: int
    preemptions: int

    def since(self, earlier: "Cost") -> "Cost":
        """The difference to an earlier reading."""
        return Cost(*(now - before for now, before in zip(self, earlier, strict=True)))


def cost(pids: Iterable[int]) -> Cost:
    """All threads of these processes together. Switches of threads that have ended are not counted."""
    cpu, waits, preemptions = 0.0, 0, 0
    for pid in pids:
        cpu += time.clock_gettime(
            ~pid << 3 | 2
        )  # the clock of another process, in nanoseconds: see clock_getcpuclockid
        for thread in Path(f"/proc/{pid}/task").iterdir():
            counts = dict(line.split(":\t") for line in (thread / "status").read_text().splitlines() if "ctxt" in line)
            waits += int(counts["voluntary_ctxt_switches"])
            preemptions += int(counts["nonvoluntary_ctxt_switches"])
    return Cost(cpu, waits, preemptions)


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in tree(int(child)))]
