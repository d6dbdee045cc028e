"""Ways to break the driver, each seen where it is turned by hand."""

import bridge.device.engine
import bridge.device.listeners
from tests.device import test_driver as driver
from tests.mutants.mutant import Mutant

_E = bridge.device.engine
_L = bridge.device.listeners

MUTANTS = (
    Mutant(
        "the_queue_has_no_bound",
        _L,
        "if len(self._entries) >= policy.max_jobs or mine >= policy.max_jobs_per_identity:",
        "if False:",
        driver.test_a_full_table_refuses_at_once,
    ),
    Mutant(
        "of_jobs_handed_over_together_the_first_is_taken",
        _E,
        "        for job in jobs:\n            if self._recorder is not None:",
        "        for job in jobs[:1]:\n            if self._recorder is not None:",
        driver.test_jobs_handed_over_together_are_one_entry_and_each_is_bounded,
    ),
    Mutant(
        "an_outcome_is_heard_twice",
        _L,
        "entry = self._entries.pop(job.id, None)",
        "entry = self._entries.get(job.id)",
        driver.test_an_answer_wakes_the_loop_once_and_is_heard_once,
    ),
    Mutant(
        "outcomes_do_not_wake_the_loop",
        _E,
        "self._loop.call_soon_threadsafe(function, argument)",
        "self._loop.call_soon(function, argument)",
        driver.test_an_answer_wakes_the_loop_once_and_is_heard_once,
    ),
    Mutant(
        "each_outcome_wakes_the_loop",
        _E,
        "        self._post(self._heard, outcomes)\n",
        "        for outcome in outcomes:\n            self._post(self._heard, [outcome])\n",
        driver.test_outcomes_of_one_turn_are_one_wake_up,
    ),
    Mutant(
        "a_cancel_is_lost",
        _E,
        "self._inbox.put(lambda now: self._withdraw(job, now))",
        "pass",
        driver.test_a_job_that_is_withdrawn_before_it_is_seen_never_runs,
    ),
    Mutant(
        "a_job_a_turn",
        _E,
        "while not self._inbox.empty():",
        "if not self._inbox.empty():",
        driver.test_what_has_come_by_then_is_seen_before_the_next_decision,
    ),
    Mutant(
        "a_lost_device_takes_jobs",
        _E,
        "if self.lost or self._stopping:",
        "if self._stopping:",
        driver.test_a_device_that_is_lost_takes_nothing,
    ),
    Mutant(
        "a_lost_device_keeps_its_jobs",
        _E,
        "self._inbox.put(lambda now: self._scheduler.fail_all(now, Cause.DEVICE_LOST))",
        "pass",
        driver.test_a_device_that_is_lost_takes_nothing,
    ),
    Mutant(
        "flights_are_never_closed",
        _E,
        "        if outputs is not None:\n            self._close(run.flight)\n",
        "",
        driver.test_a_flight_that_has_landed_is_closed,
    ),
    Mutant(
        "abandoned_flights_stay_open",
        _E,
        "            decision = self._scheduler.step(self._clock())\n            self._close_flights()\n",
        "            decision = self._scheduler.step(self._clock())\n",
        driver.test_a_job_that_is_withdrawn_under_way_leaves_at_the_next_boundary,
    ),
    Mutant(
        "nothing_is_launched_ahead",
        _E,
        "while len(self._flying) < self._device.depth:",
        "while not self._flying:",
        driver.test_a_device_that_takes_work_ahead_is_given_it,
    ),
    Mutant(
        "time_ahead_is_counted_twice",
        _E,
        "took = now - max(flying.began, self._finished)",
        "took = now - flying.began",
        driver.test_a_device_that_takes_work_ahead_is_given_it,
    ),
    Mutant(
        "soft_work_is_overdue",
        _E,
        "if job.hard and job.deadline < now]:",
        "if job.deadline < now]:",
        driver.test_what_is_overdue_while_the_device_hangs_is_missed_and_given_up,
    ),
    Mutant(
        "sleeps_through_a_batch_that_is_held",
        _E,
        "timeout = None if until == NEVER else",
        "timeout = None if True else",
        driver.test_a_batch_that_is_held_back_is_woken_for,
    ),
    Mutant(
        "memory_that_ran_out_is_any_fault",
        _E,
        "fault, outputs = Fault.OUT_OF_MEMORY, [error] * key.batch",
        "fault, outputs = Fault.ERROR, [error] * key.batch",
        driver.test_a_flight_that_fails_is_tried_again_in_smaller_ones,
        {"fault": driver.OutOfDeviceMemory("full"), "begun": ["begin 4", "begin 2", "begin 2"]},
    ),
    Mutant(
        "the_stop_leaves_flights_suspended",
        _E,
        "self._scheduler.fail_all(now, Cause.STOPPING)",
        "pass",
        driver.test_the_stop_ends_what_waits_and_what_runs,
    ),
    Mutant(
        "a_listener_that_raised_is_told_nothing",
        _E,
        "        listener(Outcome(outcome.job, Ending.FAILED, outcome.at, cause=Cause.FAULT))",
        "        pass",
        driver.test_a_listener_that_raises_is_told_that_its_job_has_failed,
    ),
    Mutant(
        "nobody_is_named_for_a_miss",
        _E,
        "if aboard or flight is None else (Stage.BLOCKED, flight.model)",
        "if True else (Stage.BLOCKED, flight.model)",
        driver.test_a_miss_names_the_lane_that_was_in_its_way,
    ),
)
