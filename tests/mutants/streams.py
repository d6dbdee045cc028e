"""Ways to break the way of an answer from the device to the transport."""

import bridge.streams.delivery
import bridge.streams.delivery_time
import bridge.streams.frame_flow
import bridge.streams.late_counts
import bridge.streams.outbox
import bridge.streams.ticker
from tests.mutants.mutant import Mutant
from tests.streams import test_delivery as delivery
from tests.streams import test_delivery_time as delivery_time
from tests.streams import test_frame_flow as flow
from tests.streams import test_outbox as outbox
from tests.streams import test_ticker as ticker

_D, _F, _O, _T = (
    bridge.streams.delivery,
    bridge.streams.frame_flow,
    bridge.streams.outbox,
    bridge.streams.ticker,
)

MUTANTS = (
    Mutant(
        "late_answers_go_unmarked",
        _D,
        "if not request.best_effort:",
        "if False:",
        delivery.test_an_answer_that_is_late_by_then_goes_as_a_status,
    ),
    Mutant(
        "a_late_first_frame_is_held_back",
        _D,
        "if not request.best_effort:",
        "if True:",
        delivery.test_a_first_frame_goes_however_late_and_is_not_in_budget,
    ),
    Mutant(
        "a_late_first_frame_is_in_budget",
        _D,
        "in_budget=late <= 0",
        "in_budget=True",
        delivery.test_a_first_frame_goes_however_late_and_is_not_in_budget,
    ),
    Mutant(
        "answers_are_counted_twice",
        _D,
        "            repeated=request.repeats,\n        )\n",
        "            repeated=request.repeats,\n        )\n        self._counts.answered(request.work, taken.name, took, in_budget=True, cheaper=False)\n",
        delivery.test_an_answer_in_time_is_sent_and_counted_once,
    ),
    Mutant(
        "answers_twice",
        _D,
        "        if request.answered:\n            return False\n",
        "",
        delivery.test_what_is_answered_is_not_answered_again,
    ),
    Mutant(
        "a_payload_answers_twice",
        _D,
        "        if request.answered:\n            return\n",
        "",
        delivery.test_what_is_answered_is_not_answered_again,
    ),
    Mutant(
        "what_is_cancelled_is_still_owed",
        _D,
        "        self.owed.discard(request)\n        return True",
        "        return True",
        delivery.test_what_is_owed_when_the_stream_is_over_is_cancelled,
    ),
    Mutant(
        "what_is_answered_is_still_owed",
        _D,
        "        self.owed.discard(request)\n        if request.job",
        "        if request.job",
        delivery.test_what_is_owed_when_the_stream_is_over_is_cancelled,
    ),
    Mutant(
        "what_a_newer_one_replaced_is_not_counted",
        _D,
        "        self._count(request, Ending.SUPERSEDED)\n        return",
        "        return",
        delivery.test_an_answer_that_a_newer_one_replaces_goes_as_a_status,
    ),
    Mutant(
        "who_made_it_is_not_told_that_it_was_dropped",
        _D,
        "        self._unsent()\n        late = ",
        "        late = ",
        delivery.test_an_answer_without_room_is_refused_or_by_then_missed,
        {"now": 0.01, "ending": delivery.Ending.REFUSED},
    ),
    Mutant(
        "what_was_made_is_kept_while_it_waits",
        _D,
        "request.job.strip()",
        "pass",
        delivery.test_while_an_answer_waits_only_its_entry_keeps_what_was_made,
    ),
    Mutant(
        "what_is_malformed_counts_as_a_request",
        _D,
        "self._counts.not_asked(request.work)",
        "pass",
        delivery.test_a_refusal_is_counted_with_its_stage_and_what_is_malformed_is_not,
    ),
    Mutant(
        "the_way_out_is_not_learned",
        _D,
        "self._delivery_times.observe(request.work, at, now)",
        "pass",
        delivery.test_each_answer_teaches_how_long_the_way_out_takes,
    ),
    Mutant(
        "one_stall_is_believed",
        bridge.streams.delivery_time,
        "took = min(took, _CLIP * (self.seconds + before * self.each))",
        "pass",
        delivery.test_one_stall_of_the_loop_moves_the_way_out_little,
    ),
    Mutant(
        "a_stall_counts_for_each_answer",
        bridge.streams.delivery_time,
        "if position > self._position:",
        "if False:",
        delivery_time.test_a_stall_before_a_flight_is_counted_once_and_not_for_each_answer,
    ),
    Mutant(
        "a_stall_within_a_flight_is_believed",
        bridge.streams.delivery_time,
        "more = min(more, _CLIP * max(_EACH_FLOOR, self.each))",
        "pass",
        delivery_time.test_a_stall_within_a_flight_moves_what_an_answer_adds_little,
    ),
    Mutant(
        "answers_alone_teach_nothing",
        bridge.streams.delivery_time,
        "self.each *= _FADE",
        "pass",
        delivery_time.test_answers_that_leave_alone_let_what_another_adds_be_tried_again,
    ),
    Mutant(
        "refusals_keep_what_an_answer_adds",
        bridge.streams.delivery_time,
        "self.each *= _DECAY",
        "pass",
        delivery_time.test_refusals_let_all_of_it_decay,
    ),
    Mutant(
        "a_client_that_began_again_takes_counts_back",
        bridge.streams.late_counts,
        "return count - before if count >= before else count",
        "return count - before",
        delivery.test_counters_of_a_client_rise_by_what_is_new,
    ),
    Mutant(
        "nobody_wakes_the_writer",
        _O,
        "            self._wake.set_result(None)\n\n    def _hold_status",
        "            pass\n\n    def _hold_status",
        outbox.test_an_entry_wakes_the_writer_that_sleeps,
    ),
    Mutant(
        "a_writer_that_sleeps_never_ends",
        _O,
        "            self._wake.set_result(None)\n\n    async def run",
        "            pass\n\n    async def run",
        outbox.test_a_closed_outbox_writes_what_waits_and_takes_no_more,
    ),
    Mutant(
        "an_older_frame_goes_whole",
        _O,
        "self._drop(older, older.replaced)",
        "pass",
        outbox.test_of_two_unsent_entries_of_a_key_the_older_goes_as_a_status,
    ),
    Mutant(
        "what_is_being_written_can_be_replaced",
        _O,
        "            del self._newest[entry.key]\n",
        "            pass\n",
        outbox.test_of_two_unsent_entries_of_a_key_the_older_goes_as_a_status,
    ),
    Mutant(
        "entries_are_not_bounded",
        _O,
        "if len(self._entries) > self._limit:",
        "if False:",
        outbox.test_what_is_not_read_is_bounded_in_entries,
    ),
    Mutant(
        "what_was_read_is_never_given_back",
        _O,
        "                self.holding.give_back(size)\n",
        "",
        outbox.test_an_entry_wakes_the_writer_that_sleeps,
    ),
    Mutant(
        "a_status_makes_room_again_and_again",
        _O,
        "entry.instead, entry.key, entry.droppable, entry.size = instead, None, False, STATUS_BYTES",
        "entry.instead, entry.size = instead, STATUS_BYTES",
        outbox.test_the_payload_that_has_waited_longest_makes_room,
    ),
    Mutant(
        "a_closed_outbox_takes_entries",
        _O,
        "        if self._closed:\n            return\n        if entry.key",
        "        if entry.key",
        outbox.test_a_closed_outbox_writes_what_waits_and_takes_no_more,
    ),
    Mutant(
        "ticks_slept_through_come_all_at_once",
        _T,
        "passed = 1 + int(max(0.0, now - self._next) / self._period)",
        "passed = 1",
        ticker.test_ticks_slept_through_are_skipped,
    ),
    Mutant(
        "late_ticks_put_off_the_next",
        _T,
        "self._next += passed * self._period",
        "self._next = now + self._period",
        ticker.test_a_tick_is_meant_for_its_time_however_late_it_comes,
    ),
    Mutant(
        "a_tick_is_meant_for_later_than_now",
        _T,
        "meant = min(now, self._next + (passed - 1) * self._period)",
        "meant = self._next + (passed - 1) * self._period",
        ticker.test_a_loop_that_is_early_ticks_for_no_later_time_than_it_is,
    ),
    Mutant(
        "a_tick_that_fails_is_the_last",
        _T,
        'log.exception("a tick failed; the timer continues")',
        "self.cancel()",
        ticker.test_a_tick_that_fails_does_not_end_them,
    ),
    Mutant(
        "the_last_tick_comes_after_the_end",
        _T,
        "self._handle.cancel()",
        "pass",
        ticker.test_no_tick_comes_after_the_end,
    ),
    Mutant(
        "one_frame_too_many_is_under_way",
        _F,
        "if len(self._unacknowledged) < self._limit:\n            self._unacknowledged.append",
        "if len(self._unacknowledged) <= self._limit:\n            self._unacknowledged.append",
        flow.test_frames_begun_before_the_others_were_sent_wait_for_the_acknowledgement,
    ),
    Mutant(
        "what_has_started_leaves_room",
        _F,
        "started = sum([frame.started for frame in self._generating.values()])",
        "started = 0",
        flow.test_two_that_have_started_leave_no_room_for_a_third,
    ),
    Mutant(
        "an_older_frame_waits_in_place_of_a_newer_request",
        _F,
        "elif self._held is not None and self._held.index > frame.index:",
        "elif False:",
        flow.test_one_that_is_made_while_a_newer_request_waits_is_superseded,
    ),
    Mutant(
        "acknowledgements_free_nothing",
        _F,
        "while sent and sent[0] <= index:",
        "while False:",
        flow.test_a_frame_that_is_made_makes_way_for_a_newer_request,
    ),
    Mutant(
        "what_is_held_waits_for_ever",
        _F,
        "            self._refuse(held)\n",
        "            pass\n",
        flow.test_one_that_is_made_and_waits_in_vain_is_refused,
    ),
)
