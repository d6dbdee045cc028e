"""Ways to break the policy's books: its ledger, and what it learns of slice times, arrivals and shares."""

import bridge.policy.learned.arrivals
import bridge.policy.learned.fair_share
import bridge.policy.learned.latency
import bridge.policy.ledger
from tests.mutants.mutant import Mutant
from tests.policy import test_latency as latency
from tests.policy import test_ledger as ledger
from tests.policy import test_rhythm as rhythm

_A, _F, _G, _L = (
    bridge.policy.learned.arrivals,
    bridge.policy.learned.fair_share,
    bridge.policy.ledger,
    bridge.policy.learned.latency,
)

MUTANTS = (
    Mutant(
        "a_spike_is_believed",
        _L,
        "clipped = min(took, max(ceiling, 1.5 * self.mean))",
        "clipped = took",
        latency.test_one_spike_moves_little,
    ),
    Mutant(
        "what_is_far_quicker_is_learned_slowly",
        _L,
        "if took < _FAR * self.mean and took < self.mean - _CLIP * self.deviation:",
        "if False:",
        latency.test_the_first_slice_that_is_far_quicker_than_at_warm_up_is_believed,
    ),
    Mutant(
        "one_quick_slice_outdoes_all_that_was_learned",
        _L,
        "believed = took if self.fresh else",
        "believed = took if True else",
        latency.test_what_was_learned_falls_by_half_the_way_and_its_bound_with_it,
    ),
    Mutant(
        "refusals_teach_nothing",
        _L,
        "self.mean += _DECAY * (self.floor - self.mean)",
        "pass",
        latency.test_refusals_relax_toward_warm_up,
    ),
    Mutant(
        "refusals_relax_no_further_than_warm_up",
        _L,
        "self.floor = min(self.floor, self.mean)",
        "pass",
        latency.test_refusals_relax_to_less_than_warm_up_measured_once_that_was_seen,
    ),
    Mutant(
        "a_wider_batch_may_be_quicker",
        _L,
        "own if batch == 1 else max(own, self.bound(lane, batch - 1))",
        "own",
        latency.test_a_wider_batch_is_bounded_by_a_narrower_one,
    ),
    Mutant(
        "a_bound_that_was_kept_outlives_what_it_was_made_from",
        _L,
        "while self._bounds.pop((lane, batch), None) is not None:",
        "while False:",
        latency.test_a_wider_batch_is_bounded_by_a_narrower_one,
    ),
    Mutant(
        "a_width_that_has_run_stays_doubtful",
        _L,
        "if batch == 1 or not self._estimates[lane, batch][0].fresh:",
        "if batch == 1:",
        latency.test_a_width_that_is_as_slow_as_at_warm_up_is_not_doubted_again,
    ),
    Mutant(
        "a_burst_never_ends",
        _A,
        "        if self.count >= self.usual_count:\n            return now\n",
        "",
        rhythm.test_the_rest_of_a_usual_burst_is_expected_for_as_long_as_it_usually_takes,
    ),
    Mutant(
        "one_burst_is_believed",
        _A,
        "return sorted(self.counts)[-2:][0] if self.counts else 1",
        "return max(self.counts) if self.counts else 1",
        rhythm.test_a_burst_that_a_stall_has_swollen_changes_nothing,
    ),
    Mutant(
        "a_burst_is_as_the_one_before",
        _A,
        "return sorted(self.counts)[-2:][0] if self.counts else 1",
        "return self.counts[-1] if self.counts else 1",
        rhythm.test_a_burst_that_was_cut_in_two_changes_nothing,
    ),
    Mutant(
        "a_new_scene_is_like_the_last",
        _A,
        "            self.counts.clear()\n",
        "            pass\n",
        rhythm.test_the_first_burst_after_a_silence_is_believed_at_once,
    ),
    Mutant(
        "a_burst_that_stops_is_waited_for",
        _A,
        "return min(self.began + max(usual, _LEAST_PART * self.window), self.last + _LONGEST_GAP)",
        "return self.began + self.window",
        rhythm.test_a_burst_that_stops_is_not_waited_for,
    ),
    Mutant(
        "an_overdue_burst_is_promised",
        _A,
        "return expected if expected > now else math.inf",
        "return expected",
        rhythm.test_a_burst_that_is_overdue_is_not_promised,
    ),
    Mutant(
        "an_unsteady_client_is_believed",
        _A,
        "if self.deviation > _STEADY * self.period:",
        "if False:",
        rhythm.test_arrivals_without_a_period_promise_no_burst,
    ),
    Mutant(
        "clients_are_remembered_for_ever",
        _A,
        "now - rhythm.last > _FORGET_SECONDS]:",
        "False]:",
        rhythm.test_clients_that_are_gone_are_forgotten,
    ),
    Mutant(
        "device_time_never_leaks_away",
        _F,
        "return seconds * math.exp((since - now) / _LEAK_SECONDS)",
        "return seconds",
        rhythm.test_shares_leak,
    ),
    Mutant(
        "each_session_has_a_share",
        _F,
        "for who in (owner.identity, owner):",
        "for who in (owner,):",
        rhythm.test_more_sessions_win_no_larger_share,
    ),
    Mutant(
        "one_alone_is_held_to_its_share",
        _F,
        "if identities > 1 and self.used(owner.identity, now) > share",
        "if self.used(owner.identity, now) > share",
        rhythm.test_alone_one_may_use_everything,
    ),
    Mutant(
        "clients_of_one_identity_have_no_parts",
        _F,
        "return int(clients > 1 and self.used(owner, now) > share / clients + _ALLOWANCE)",
        "return 0",
        rhythm.test_within_an_identity_clients_have_equal_parts,
    ),
    Mutant(
        "the_idle_are_kept",
        _F,
        "            del self._used[who]\n",
        "            pass\n",
        rhythm.test_idle_clients_are_forgotten,
    ),
    Mutant(
        "load_is_of_all_time",
        _F,
        "self.share(now) * _LOAD_SECONDS + seconds, now",
        "self._used + seconds, now",
        rhythm.test_load_is_the_share_of_the_recent_past,
    ),
    Mutant(
        "who_is_above_its_share_is_not_told_by_how_much",
        _F,
        "return (max(0.0, theirs - share) if identities > 1 else 0.0), ",
        "return 0.0, ",
        rhythm.test_work_in_large_pieces_goes_by_how_far_it_is_above_its_share,
    ),
    Mutant(
        "counts_who_has_left",
        _G,
        "        self._close(job.owner)\n",
        "",
        ledger.test_open_jobs_are_counted_by_client_and_identity,
    ),
    Mutant(
        "an_identity_that_has_left_is_counted",
        _G,
        "                del self._open[owner.identity]\n",
        "                pass\n",
        ledger.test_open_jobs_are_counted_by_client_and_identity,
    ),
    Mutant("an_end_is_not_final", _G, "job.ended = True", "pass", ledger.test_each_outcome_is_taken_once_in_order),
    Mutant(
        "outcomes_are_told_twice",
        _G,
        "taken, self._outcomes = self._outcomes, []",
        "taken = list(self._outcomes)",
        ledger.test_each_outcome_is_taken_once_in_order,
    ),
    Mutant(
        "who_ends_under_way_stays_aboard",
        _G,
        "job.flight.left += 1",
        "pass",
        ledger.test_a_job_that_ends_under_way_leaves_its_flight,
    ),
    Mutant(
        "an_encoder_is_booked_as_the_model",
        _G,
        "if flight.stage is Stage.ENCODE:",
        "if False:",
        ledger.test_a_flights_time_goes_into_the_accounts_of_its_jobs_by_stage,
    ),
    Mutant(
        "a_flights_time_is_booked_twice",
        _G,
        "flight, job.flight = job.flight, None",
        "flight = job.flight",
        ledger.test_a_flights_time_goes_into_the_accounts_of_its_jobs_by_stage,
    ),
    Mutant(
        "a_slice_from_before_is_blamed",
        _G,
        "min(took, now - job.queued_at)",
        "took",
        ledger.test_what_kept_a_job_waiting_is_booked_and_blamed,
    ),
    Mutant(
        "nobody_is_blamed_for_blocking",
        _G,
        "job.account.blocker if stage is Stage.BLOCKED else",
        "",
        ledger.test_the_lane_that_blocked_longest_is_named,
    ),
)
