"""Drives the scheduler on a real clock, on the one thread that owns the device.

The event loop submits jobs through a queue and gets outcomes back, one wake-up per turn; it never touches the
scheduler. It also notices a slice that hangs: overdue jobs are reported missed, then every open job fails, and the
engine is `lost` until the slice returns. If the device thread ends with an internal error, every open job fails and the
engine stays `lost`: suspended runs belong to their thread, so no other can take over and the process has to restart.
"""

import asyncio
import collections
import contextlib
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple, TypeVar

from bridge.device.listeners import Listener, Listeners
from bridge.device.trace import Recorder
from bridge.errors import EngineFailed, OutOfDeviceMemory
from bridge.policy.forecast import Forecast
from bridge.policy.landing import output_error
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import (
    NEVER,
    Cause,
    Device,
    Ending,
    Execution,
    Fault,
    Flight,
    Job,
    Outcome,
    Run,
    Stage,
    WaitUntil,
)

log = logging.getLogger("framebridge.engine")

T = TypeVar("T")
_HANG_SECONDS = 10.0
_WATCH_SECONDS = 0.5
_FORECAST_SECONDS = 0.02
_LEAD_SECONDS = 0.001  # how long before the device is free its next slice is chosen, if it takes work ahead


class _Flying(NamedTuple):
    """A slice on the device; `failure` is why it could not be launched."""

    run: Run
    began: float
    failure: Exception | None


class Engine:
    """Runs jobs on a device. Public methods belong to the event loop's thread."""

    def __init__(
        self, device: Device, scheduler: Scheduler, *, recorder: Recorder | None = None, hang: float = _HANG_SECONDS
    ) -> None:
        self._device = device
        self._scheduler = scheduler
        self._recorder = recorder
        self._hang = hang
        self._clock = time.perf_counter
        self._inbox: queue.SimpleQueue[Callable[[float], None]] = queue.SimpleQueue()
        self._listeners = Listeners(scheduler.policy)
        self._entering: list[Job] = []  # submitted in this turn of the event loop
        self._calls: set[Future[Any]] = set()
        self._executions: dict[int, Execution] = {}
        self._ids = itertools.count(1)
        self._flying: collections.deque[_Flying] = collections.deque()  # launched, not finished
        self._finished = 0.0  # when the last slice finished
        self._slice_began = NEVER
        self._on_device: Flight | None = None  # the flight of that slice
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, name="framebridge-device", daemon=True)
        self._watcher: asyncio.Task[None] | None = None
        self.lost = False
        self.failure: EngineFailed | None = None  # why the device thread ended, if not by `stop`
        self.on_lost: Callable[[bool], None] = lambda lost: None
        self.on_heard: Callable[[], None] = lambda: None  # the event loop hears of outcomes
        self.busy_seconds = 0.0
        self.watched = ("", "")  # lanes of prompts and of decode steps
        self.forecast: Forecast | None = None  # cost of replies; read from any thread
        self._forecast_at = -NEVER

    # -- the event loop's side -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the device thread. Call it from the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._watcher = self._loop.create_task(self._watch())

    async def stop(self) -> None:
        """Fail open jobs and end the device thread."""
        if self._watcher is not None:
            self._watcher.cancel()
        self._fail_open(Cause.STOPPING)
        self._enter()
        self._inbox.put(self._stop)
        await asyncio.to_thread(self._thread.join, 5.0)
        if self._recorder is not None:
            self._recorder.close()

    def next_id(self) -> int:
        """A new job id."""
        return next(self._ids)

    @property
    def open_jobs(self) -> int:
        """Jobs that the device's thread has been given, and that have not ended."""
        return len(self._listeners) - len(self._entering)

    def submit(self, job: Job, listener: Listener) -> None:
        """Submit a job. The listener is called on the event loop: for partial outputs, then once for the end.

        All jobs of one turn of the loop go to the device together: they wake its thread once, and the scheduler knows
        all of them before it decides.
        """
        now = self._clock()
        if self.lost or self._stopping:
            cause = Cause.STOPPING if self._stopping else Cause.DEVICE_LOST
            listener(Outcome(job, Ending.FAILED, now, cause=cause))
        elif not self._listeners.add(job, listener):
            listener(Outcome(job, Ending.REFUSED, now, cause=Cause.QUEUE_FULL, stage=Stage.QUEUE))
        else:
            job.submitted = now
            if not self._entering:
                assert self._loop is not None
                self._loop.call_soon(self._enter)
            self._entering.append(job)

    def _enter(self) -> None:
        """Hand the jobs of this turn to the device's thread."""
        if self._entering:
            jobs, self._entering = self._entering, []
            self._inbox.put(partial(self._accept, jobs))

    def cancel(self, job: Job) -> None:
        """Cancel a job. Its listener gets CANCELLED, unless the job has already ended."""
        if job in self._listeners:
            self._enter()
            self._inbox.put(lambda now: self._withdraw(job, now))

    async def call(self, function: Callable[[Scheduler], T]) -> T:
        """Run `function` on the device thread, between two slices. EngineFailed if that thread has ended."""
        if self.failure is not None:
            raise self.failure
        future: Future[T] = Future()

        def task(now: float) -> None:
            try:
                future.set_result(function(self._scheduler))
            except Exception as error:
                future.set_exception(error)

        self._calls.add(future)
        self._enter()
        self._inbox.put(task)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._calls.discard(future)

    def _heard(self, outcomes: Sequence[Outcome]) -> None:
        self.on_heard()
        for outcome in outcomes:
            goes_on = outcome.ending is Ending.PARTIAL
            listener = self._listeners.of(outcome.job) if goes_on else self._listeners.take(outcome.job)
            if listener is not None:
                try:
                    listener(outcome)
                except Exception:
                    log.exception("the %s outcome of job %d could not be delivered", outcome.ending, outcome.job.id)
                    _tell_failure(listener, outcome)

    def _fail_open(self, cause: Cause) -> None:
        now = self._clock()
        failed = [Outcome(job, Ending.FAILED, now, cause=cause) for job in self._listeners]
        self._heard(failed)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if not self._thread.is_alive():
                self._ended(EngineFailed("the device thread ended without an error"))
                return
            now = self._clock()
            stuck = now - self._slice_began
            if stuck > _WATCH_SECONDS:
                self._miss_overdue(now)
            if (stuck > self._hang) != self.lost:
                self._lose(stuck > self._hang)

    def _lose(self, hangs: bool) -> None:
        self.lost = hangs
        log.error("device lost: a slice hangs") if hangs else log.warning("device is back")
        self.on_lost(hangs)
        if hangs:
            self._fail_open(Cause.DEVICE_LOST)
            self._enter()
            self._inbox.put(lambda now: self._scheduler.fail_all(now, Cause.DEVICE_LOST))

    def _miss_overdue(self, now: float) -> None:
        """Report overdue jobs during a long slice, since the scheduler cannot before it returns."""
        self._enter()
        flight = self._on_device
        for job in [job for job in self._listeners if job.hard and job.deadline < now]:
            aboard = flight is not None and job in flight.jobs
            stage, blocker = (Stage.COMPUTE, "") if aboard or flight is None else (Stage.BLOCKED, flight.model)
            late = now - job.deadline
            self._inbox.put(partial(self._scheduler.cancel, job))
            self._heard([Outcome(job, Ending.MISSED, now, late_by=late, stage=stage, blocked_by=blocker)])

    def _ended(self, failure: EngineFailed) -> None:
        """The device thread has ended without being asked to."""
        if self.failure is None and not self._stopping:
            self.failure, self.lost = failure, True
            self._fail_open(Cause.DEVICE_LOST)
            for call in self._calls:
                if not call.done():
                    call.set_exception(failure)
            self.on_lost(True)

    # -- the device thread's side --------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            with self._device.entered():
                while not self._stopping:
                    self._turn()
                while self._flying:
                    self._finish()
                self._close_flights()
        except BaseException as error:
            log.critical("the device thread has ended: restart the server", exc_info=error)
            self._post(self._ended, EngineFailed(f"the device thread ended with {type(error).__name__}: {error}"))

    def _turn(self) -> None:
        """Schedule and launch, deliver outcomes, finish, settle.

        A device that takes work ahead gets its next slice just before the last one ends: late enough to consider recent
        arrivals, early enough that the device never idles. Outcomes of the last slice are delivered after the next
        decision, so that nothing holds the interpreter between waking the event loop and the next wait or slice.
        """
        self._drain()
        if self.watched[0]:
            self._update_forecast()
        until = NEVER
        while len(self._flying) < self._device.depth:
            if self._flying and self._clock() < self._scheduler.free_at - _LEAD_SECONDS:
                until = self._scheduler.free_at - _LEAD_SECONDS
                break
            decision = self._scheduler.step(self._clock())
            self._close_flights()
            if isinstance(decision, WaitUntil):
                until = decision.time
                break
            self._launch(decision)
        self._deliver()
        if len(self._flying) == self._device.depth or (self._flying and until >= self._scheduler.free_at):
            self._finish()
        elif self._inbox.empty() and not self._stopping:
            self._wait(until)

    def _update_forecast(self) -> None:
        now = self._clock()
        if now - self._forecast_at > _FORECAST_SECONDS:
            self._forecast_at, self.forecast = now, self._scheduler.forecast(*self.watched, now)

    def _drain(self) -> None:
        while not self._inbox.empty():  # this thread is the only consumer
            self._inbox.get_nowait()(self._clock())

    def _wait(self, until: float) -> None:
        timeout = None if until == NEVER else max(0.0, until - self._clock())
        try:
            task = self._inbox.get(timeout=timeout)
        except queue.Empty:
            return
        task(self._clock())

    def _launch(self, run: Run) -> None:
        """Launch a slice. Without work-ahead it is done when this returns."""
        began = self._clock()
        if not self._flying:
            self._on_device = run.flight
        self._slice_began = min(self._slice_began, began)
        failure: Exception | None = None
        try:
            execution = self._executions.get(run.flight.id)
            if execution is None:
                execution = self._executions[run.flight.id] = self._device.begin(run.flight)
            execution.launch()
        except Exception as error:
            failure = error
        self._flying.append(_Flying(run, began, failure))

    def _finish(self) -> None:
        """Wait for the oldest launched slice, and report it."""
        flying = self._flying[0]
        run, key = flying.run, flying.run.key
        outputs: Sequence[Any] | None = None
        fault: Fault | None = None
        try:
            if flying.failure is not None:
                raise flying.failure
            execution = self._executions.get(run.flight.id)
            if execution is not None:  # None: an earlier slice failed
                outputs = execution.finish()
                if (wrong := output_error(run, outputs)) is not None:
                    raise wrong
        except OutOfDeviceMemory as error:
            fault, outputs = Fault.OUT_OF_MEMORY, [error] * key.batch
            log.warning("%s ran out of memory at batch %d", key.lane, key.batch)
        except Exception as error:
            fault, outputs = Fault.ERROR, [error] * key.batch
            log.exception("%s failed at slice %d of a batch of %d", key.lane, key.slice, key.batch)
        now = self._clock()
        took = now - max(flying.began, self._finished)
        self._finished = now
        self._flying.popleft()
        self._slice_began, self._on_device = (now, self._flying[0].run.flight) if self._flying else (NEVER, None)
        self.busy_seconds += took
        if outputs is not None:
            self._close(run.flight)
        if self._recorder is not None:
            self._recorder.slice(now, key, took)
        self._scheduler.settle(now, took, outputs, fault)

    def _close_flights(self) -> None:
        for flight in self._scheduler.take_closed():
            self._close(flight)

    def _close(self, flight: Flight) -> None:
        execution = self._executions.pop(flight.id, None)
        try:
            if execution is not None:
                execution.close()
        except Exception:
            log.exception("%s failed when its flight was closed", flight.lane)

    def _deliver(self) -> None:
        outcomes = self._scheduler.take_outcomes()
        if not outcomes:
            return
        if self._recorder is not None:
            for outcome in outcomes:
                self._recorder.outcome(outcome)
        self._post(self._heard, outcomes)

    def _post(self, function: Callable[[Any], None], argument: Any) -> None:
        """Call a function on the event loop."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(function, argument)
        except RuntimeError:  # the loop is closed: nobody is listening
            self._stopping = True

    def _accept(self, jobs: Sequence[Job], now: float) -> None:
        for job in jobs:
            if self._recorder is not None:
                self._recorder.arrival(now, job)
            self._scheduler.submit(job, now)

    def _withdraw(self, job: Job, now: float) -> None:
        if self._recorder is not None:
            self._recorder.cancel(now, job)
        self._scheduler.cancel(job, now)

    def _stop(self, now: float) -> None:
        self._scheduler.fail_all(now, Cause.STOPPING)
        self._stopping = True


def _tell_failure(listener: Listener, outcome: Outcome) -> None:
    """A listener has raised: only its own job fails, and it is told so if possible."""
    with contextlib.suppress(Exception):
        listener(Outcome(outcome.job, Ending.FAILED, outcome.at, cause=Cause.FAULT))
