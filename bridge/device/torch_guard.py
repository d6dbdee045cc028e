"""Keeps what a model changes in torch's state from the models beside it.

Most of the state is a thread's: it is compared after each slice, on the device thread. The default dtype is the whole
process's: it is put back when a load or a run is over, and while a model loads no run is taken to have changed it.
"""

import contextlib
import logging
import threading
from collections.abc import Generator, Iterator
from typing import Any

import torch

from bridge.errors import ModelFailed
from models.module.torch_state import State, changes, put_back, state

log = logging.getLogger("framebridge.host")


class TorchGuard:
    """The state that models are to leave as they found it."""

    def __init__(self) -> None:
        self._state: State | None = None  # of the device thread; None until it runs
        self._thread = 0
        self._loads = 0  # in progress, on other threads
        self._counting = threading.Lock()
        self._logged: set[tuple[str, str]] = set()

    def enter(self) -> None:
        """From now on this thread is the device thread, and its state is the right one."""
        self._state, self._thread = state(), threading.get_ident()

    @contextlib.contextmanager
    def loading(self, model: str) -> Iterator[None]:
        """For the block, on any thread, `model` is loaded; what it changes is put back after it."""
        before = state()
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)
            self._put_back(model, before)

    def _count(self, loads: int) -> None:
        with self._counting:
            self._loads += loads

    def check_suspended(self, lane: str, run: Generator[Any, Any, Any]) -> None:
        """ModelFailed if a run would leak something into those that run while it is suspended; it is closed then. On
        the device thread.
        """
        now = state()
        if self._state is None or now[:-1] == self._state[:-1]:
            return
        changed = ", ".join(changes((*self._state[:-1], now[-1]), now))
        run.close()
        raise ModelFailed(
            f"{lane} is suspended where it changes {changed} of torch, which other models would run in; leave that "
            "before each yield"
        )

    def put_back(self, model: str) -> None:
        """Undo what a run of `model` has left changed. On the device thread; elsewhere it does nothing."""
        if self._state is not None and threading.get_ident() == self._thread:
            self._put_back(model, (*self._state[:-1], torch.get_default_dtype()) if self._loads else self._state)

    def _put_back(self, model: str, before: State) -> None:
        changed = ", ".join(changes(before, state()))
        if not changed:
            return
        put_back(before)
        if (model, changed) not in self._logged:
            self._logged.add((model, changed))
            log.warning(
                "model %s leaves %s of torch changed; it was put back, as other models share it: change it in a `with` "
                "block, within forward",
                model,
                changed,
            )
