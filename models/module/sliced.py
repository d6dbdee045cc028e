"""Calls of a module that are suspended where its submodules end, without a change to its code.

A forward hook on each submodule switches back to whoever resumed the call: the call runs on a greenlet, a stack of its
own in the same thread. Torch's thread-local state is compared at each boundary; where it differs from the start (inside
`autocast`, say) the call is not suspended, since the state would leak into whatever runs meanwhile.
"""

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Generic, TypeVar

import torch
from greenlet import GreenletExit, getcurrent, greenlet
from torch import nn

from models.module.torch_state import changes, state

log = logging.getLogger("framebridge.modules")

T = TypeVar("T")


_FRAMES = 24  # nested calls, each of four C frames or more


class _Aborted(GreenletExit):
    """Thrown into a call that nobody wants any more. A BaseException, so that `except Exception` lets it pass."""


class Sliced:
    """A module with hooks. Its calls never interleave: a new one first runs a suspended one to its end."""

    def __init__(self, name: str, module: nn.Module) -> None:
        self.name = name
        self._call: Call[Any] | None = None
        self._logged: set[str] = set()
        submodules = [child for child in module.modules() if child is not module]
        self._hooks = {child: child.register_forward_hook(self._ended) for child in submodules}

    def start(self, function: Callable[[], T]) -> "Call[T]":
        """A call of the module, which runs as it is resumed."""
        if self._call is not None:
            self._call.finish()
        self._call = call = Call(self, function)
        return call

    def keep(self, call: "Call[Any]", chosen: Collection[int]) -> frozenset[int]:
        """Keep only the hooks that the chosen boundaries of a call need, as each costs some 10 us: in between, others'
        weights have gone through the caches. Returns what the chosen boundaries are counted as from now on.
        """
        needed = {call.passed[place] for place in chosen}
        for child in self._hooks.keys() - needed:
            self._hooks.pop(child).remove()
        left = [place for place, child in enumerate(call.passed) if child in needed]
        return frozenset(count for count, place in enumerate(left) if place in chosen)

    def restart(self) -> None:
        """The module is about to be called again, within the same call of `start`."""
        if self._call is not None:
            self._call.restart()

    def close(self) -> None:
        """Take the hooks off."""
        for hook in self._hooks.values():
            hook.remove()
        self._hooks.clear()

    def _ended(self, module: nn.Module, inputs: Any, output: Any) -> None:
        """A submodule's forward has ended. Returns None: the output stays as it is."""
        if torch.compiler.is_compiling():  # first: what is traced must not meet a greenlet
            return
        call = self._call
        if call is None or getcurrent() is not call.greenlet:
            return  # another thread, or a plain call
        if torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing():
            return
        call.boundary(module)

    def stays(self, changed: list[str]) -> None:
        """Log once that calls are not suspended somewhere, and why."""
        why = ", ".join(changed)
        if why not in self._logged:
            self._logged.add(why)
            log.info("%s is not suspended where it changes %s: its slices are longer there", self.name, why)


class Call(Generic[T]):
    """One call. `resume` runs it to its next boundary; exceptions of the module come out there."""

    def __init__(self, sliced: Sliced, function: Callable[[], T]) -> None:
        self._sliced = sliced
        self._function = function
        self._state = state()
        self._boundary = 0  # passed so far
        self._skip = 0  # suspensions to leave out
        self._to_end = False
        self._failure: BaseException | None = None
        self.greenlet = greenlet(partial(_deep, _FRAMES, self._run))
        self.at: Collection[int] | None = None  # the boundaries to suspend it at, counted from 0; None for all
        self.every = 1  # of these, every so many
        self.suspended_at: list[int] = []
        self.passed: list[nn.Module] = []  # whose ends they were, while `at` is None
        self.result: T | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return bool(self.greenlet.dead)

    def resume(self) -> None:
        """Run to the next boundary, or to the end."""
        if not self.done:
            self.greenlet.parent = getcurrent()
            self.greenlet.switch()
        self._raise()

    def finish(self) -> None:
        """Run to the end. A failure is raised by whoever resumes it next."""
        self._to_end = True
        if not self.done:
            self.greenlet.parent = getcurrent()
            self.greenlet.switch()

    def abort(self) -> None:
        """Give it up. One that swallows the abort is run to its end."""
        if self.done:
            return
        self._to_end = True
        if not self.greenlet:  # not begun
            self._function = _nothing  # type: ignore[assignment]
        self.greenlet.parent = getcurrent()
        self.greenlet.throw(_Aborted)
        assert self.done, "a call that runs to its end is never suspended"

    def restart(self) -> None:
        """Count boundaries from 0 again."""
        self._boundary = 0

    def boundary(self, module: nn.Module) -> None:
        """On its own stack: hand control back, where that is safe."""
        here, self._boundary = self._boundary, self._boundary + 1
        if self.at is None:
            self.passed.append(module)
        if self._to_end or (self.at is not None and here not in self.at):
            return
        self._skip -= 1
        if self._skip > 0:
            return
        now = state()
        if now != self._state:
            self._sliced.stays(changes(self._state, now))
            return
        self._skip = self.every
        self.suspended_at.append(here)
        resumed_by = self.greenlet.parent
        assert resumed_by is not None
        resumed_by.switch()

    def _run(self) -> None:
        try:
            self.result = self._function()
        except _Aborted:
            raise
        except BaseException as error:
            self._failure = error
        finally:
            if self._sliced._call is self:
                self._sliced._call = None

    def _raise(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure


def _deep(levels: int, function: Callable[[], None]) -> None:
    """Call a function so far down the C stack that no unwinding from it reaches the greenlet's base.

    Torch takes a backtrace of up to 64 C frames whenever it raises an error. Above a greenlet's base lie frames of
    whoever resumed it first; once it is resumed from elsewhere they are others, and unwinding into them is a
    segmentation fault.
    """
    if levels:
        next(map(partial(_deep, levels - 1), (function,)))
    else:
        function()


def _nothing() -> None:
    """In place of a call that was given up before it began."""
