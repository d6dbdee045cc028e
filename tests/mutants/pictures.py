"""Ways to break whose picture is decoded next, and what is known of its cost."""

import bridge.pictures.byte_counts
import bridge.pictures.decode_costs
import bridge.pictures.decode_queue
from tests.mutants.mutant import Mutant
from tests.pictures import test_decode_queue as queue

_B, _C, _Q = bridge.pictures.byte_counts, bridge.pictures.decode_costs, bridge.pictures.decode_queue

MUTANTS = (
    Mutant(
        "slow_pictures_take_the_last_worker",
        _Q,
        "most = max(1, self._workers - 1)",
        "most = self._workers",
        queue.test_who_sends_pictures_all_the_time_never_waits_for_a_flood,
        {"other": queue.B},
    ),
    Mutant(
        "a_worker_is_kept_free_for_ever",
        _Q,
        "            if owner not in self._waiting:\n                del self._came[owner]\n",
        "            pass\n",
        queue.test_a_worker_is_kept_free_for_a_while_only,
    ),
    Mutant(
        "pictures_are_decoded_as_they_are_due",
        _Q,
        "if best is None or (above, ticket.place) < best[0]:\n                best = (above, ticket.place), ticket",
        "if best is None or ticket.place < best[0]:\n                best = ticket.place, ticket",
        queue.test_many_sessions_of_one_identity_win_no_larger_share,
    ),
    Mutant(
        "of_one_client_the_last_is_decoded_first",
        _Q,
        "(ticket.place, ticket.stamp, ticket))",
        "(-ticket.place, ticket.stamp, ticket))",
        queue.test_of_one_client_what_is_due_first_is_decoded_first,
    ),
    Mutant(
        "a_picture_that_replaces_another_goes_to_the_end",
        _Q,
        "ticket.place, ticket.cost = min(ticket.place, due), cost",
        "ticket.place, ticket.cost = due, cost",
        queue.test_a_picture_that_replaces_another_keeps_its_place,
    ),
    Mutant(
        "what_was_dropped_is_decoded",
        _Q,
        "if ticket.waiting and ticket.stamp == stamp:",
        "if ticket.stamp == stamp:",
        queue.test_what_was_dropped_is_not_decoded,
    ),
    Mutant(
        "more_are_decoded_than_there_are_workers",
        _Q,
        "if not self._waiting or len(self._running) >= self._workers:",
        "if not self._waiting:",
        queue.test_alone_a_client_has_all_workers,
    ),
    Mutant(
        "ones_own_pictures_count_as_others",
        _Q,
        "if ticket.owner != owner)",
        "if True)",
        queue.test_a_wait_is_others_as_far_as_others_were_decoded_meanwhile,
    ),
    Mutant(
        "who_may_not_begin_holds_up_all",
        _Q,
        "ticket = self._first(owner, now) if may(owner) else None\n            if ticket is None:\n                continue",
        "ticket = self._first(owner, now)\n            if ticket is None or not may(owner):\n                return None",
        queue.test_a_client_that_may_not_begin_holds_up_nobody,
    ),
    Mutant(
        "a_client_has_no_limit_of_bytes",
        _B,
        "if self.of(owner) + more > self._per_client:",
        "if False:",
        queue.test_bytes_are_limited_by_client_by_identity_and_in_all,
    ),
    Mutant(
        "one_identity_has_all_bytes",
        _B,
        "if self.of(owner.identity) + more > self._total // 2:",
        "if self.of(owner.identity) + more > self._total:",
        queue.test_bytes_are_limited_by_client_by_identity_and_in_all,
    ),
    Mutant(
        "one_stall_is_what_decoding_takes",
        _C,
        "min(max(0.0, took - _FIXED) / work, _CLIP * rate.mean) - rate.mean",
        "max(0.0, took - _FIXED) / work - rate.mean",
        queue.test_one_stall_does_not_give_up_what_follows,
    ),
    Mutant(
        "all_are_judged_by_one_identitys_pictures",
        _C,
        "self._rates.get((identity, kind)) or",
        "next((rate for (_, other), rate in self._rates.items() if other == kind), None) or",
        queue.test_pictures_made_to_take_long_have_nobody_elses_given_up,
    ),
    Mutant(
        "what_is_given_up_is_never_tried_again",
        _C,
        "rate.mean *= _DECAY",
        "pass",
        queue.test_a_kind_that_is_given_up_is_tried_again,
    ),
)
