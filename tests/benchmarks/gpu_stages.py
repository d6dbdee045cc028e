"""Stages for the tests of the runner; they run in processes of their own."""

import os
import time

from gpu.stage import Findings, Missing, Settings


def passes(settings: Settings, findings: Findings) -> None:
    findings.add("answer", 42)
    with findings.part("a library"):
        raise Missing("it is not installed")


def lacks(settings: Settings, findings: Findings) -> None:
    raise Missing("the weights are not installed")


def fails(settings: Settings, findings: Findings) -> None:
    with findings.part("first"):
        raise ValueError("on purpose")
    findings.add("second", settings.device)


def dies(settings: Settings, findings: Findings) -> None:
    findings.add("before", True)
    os._exit(3)


def hangs(settings: Settings, findings: Findings) -> None:
    time.sleep(120)
