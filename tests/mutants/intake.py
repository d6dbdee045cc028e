"""Ways to break which rung a job takes, and when it is refused: admission, queues, ladders, probes, turns."""

import bridge.policy.admission
import bridge.policy.intake
import bridge.policy.learned.ladder
import bridge.policy.learned.probes
import bridge.policy.learned.turns
from tests.mutants.mutant import Mutant
from tests.policy import cases

_A, _I, _L, _P, _T = (
    bridge.policy.admission,
    bridge.policy.intake,
    bridge.policy.learned.ladder,
    bridge.policy.learned.probes,
    bridge.policy.learned.turns,
)

MUTANTS = (
    Mutant(
        "never_refuses",
        _A,
        "        if not job.hard:\n            return True\n",
        "        return True\n",
        cases.what_cannot_be_on_time_is_refused_at_once,
    ),
    Mutant(
        "refuses_too_soon",
        _A,
        "+ ahead + self._latency.bound(lane.name, 1)",
        "+ ahead + 1.5 * self._latency.bound(lane.name, 1)",
        cases.what_becomes_hopeless_while_it_waits_is_refused,
    ),
    Mutant(
        "no_ageing",
        _A,
        "return now + self._policy.ageing",
        "return NEVER",
        cases.work_without_a_deadline_does_not_starve,
    ),
    Mutant("no_patience", _A, "+ self._policy.patience", "- 10.0", cases.prompts_go_before_replies_that_are_ahead),
    Mutant(
        "forgets_the_second_lane",
        _A,
        "return rung.lag + sum(self._latency.bound(name, 1) for name in after if name in self._lanes)",
        "return rung.lag",
        cases.what_is_made_is_not_made_again_for_a_cheaper_second_lane,
    ),
    Mutant(
        "forgets_the_link", _A, "return rung.lag + sum(", "return sum(", cases.the_link_is_part_of_what_is_predicted
    ),
    Mutant(
        "tokens_begin_when_they_are_due",
        _A,
        "max(job.deadline - run, now + run / 2)",
        "max(job.deadline, now + run / 2)",
        cases.replies_that_fill_the_device_leave_some_of_it_to_prompts,
    ),
    Mutant(
        "greedy_replies_leave_no_gap",
        _A,
        "max(job.deadline - run, now + run / 2)",
        "job.deadline - run",
        cases.prompts_go_before_replies_that_are_ahead,
    ),
    Mutant(
        "keeps_the_superseded",
        _I,
        "        if older is not None:",
        "        if False:",
        cases.the_newest_of_a_slot_replaces_the_one_that_waits,
    ),
    Mutant(
        "gives_up_its_place",
        _I,
        "job.due_inherited = min(older.due_inherited, older.due)",
        "pass",
        cases.a_slot_asked_faster_than_it_is_served_keeps_its_place,
    ),
    Mutant(
        "takes_the_last_ones_place",
        _I,
        "min(older.due_inherited, older.due)",
        "older.due",
        cases.a_slot_asked_faster_than_it_is_served_keeps_its_place,
    ),
    Mutant(
        "forgets_the_newest",
        _I,
        "            self._newest[job.supersede_key] = job",
        "            pass",
        cases.the_newest_of_a_slot_replaces_the_one_that_waits,
    ),
    Mutant(
        "tries_again_what_is_replaced",
        _I,
        "if job.supersede_key in self._newest:",
        "if False:",
        cases.what_failed_is_not_tried_again_once_a_newer_one_waits,
    ),
    Mutant(
        "supersedes_the_started",
        _I,
        "            del self._newest[job.supersede_key]",
        "            pass",
        cases.the_newest_of_a_slot_replaces_the_one_that_waits,
    ),
    Mutant(
        "never_goes_down_a_rung",
        _I,
        "range(job.rung + 1, len(job.rungs))",
        "range(job.rung + 1, min(1, len(job.rungs)))",
        cases.a_rung_without_a_lane_answers_when_no_lane_can,
    ),
    Mutant(
        "endless_queue",
        _I,
        "if full or greedy:",
        "if greedy:",
        cases.a_full_queue_refuses,
    ),
    Mutant(
        "one_client_may_fill_the_queue",
        _I,
        "or mine > self._policy.max_jobs_per_client",
        "",
        cases.one_client_cannot_fill_the_queue,
    ),
    Mutant(
        "one_identity_may_fill_the_queue",
        _I,
        "ours > self._policy.max_jobs_per_identity or ",
        "",
        cases.one_identity_cannot_fill_the_queue,
    ),
    Mutant(
        "first_come_first_served_by_slot",
        _I,
        "and self._turns.makes_way(job, now)",
        "and False",
        cases.the_slots_of_an_identity_above_its_share_make_way_for_others,
    ),
    Mutant(
        "nobody_claims",
        _I,
        "self._turns.claim(job, now)",
        "pass",
        cases.the_slots_of_an_identity_above_its_share_make_way_for_others,
    ),
    Mutant(
        "claims_without_contention",
        _I,
        "lane.ran_since(job.arrival) and ",
        "",
        cases.nobody_makes_way_for_what_others_have_kept_waiting,
    ),
    Mutant(
        "claims_of_the_hopeless",
        _I,
        " and self._admission.fits(rung, job):",
        ":",
        cases.nor_for_what_could_not_be_on_time_at_all,
    ),
    Mutant(
        "supersedes_between_lanes",
        _I,
        "if job.supersede_key is not None and job.lane_index == 0:",
        "if job.supersede_key is not None:",
        cases.a_newer_job_does_not_replace_what_waits_for_its_second_lane,
    ),
    Mutant(
        "makes_again_what_is_made",
        _I,
        "lane_index = 1 if job.lane_index and rung.then and",
        "lane_index = 1 if False and",
        cases.what_is_made_is_not_made_again_for_a_cheaper_second_lane,
    ),
    Mutant(
        "forgets_that_it_fell",
        _I,
        "            self._ladders.fell(job.supersede_key, index, now)",
        "            pass",
        cases.quality_climbs_back_after_a_while,
    ),
    Mutant(
        "rushes_when_it_can",
        _I,
        "queue = waiting.waiting if job.rests_until <= now else",
        "queue = True and",
        cases.a_waiting_job_goes_down_its_rungs,
    ),
    Mutant("climbs_at_once", _L, "if held < standing.wait:", "if False:", cases.quality_climbs_back_after_a_while),
    Mutant("never_climbs", _L, "if held < standing.wait:", "if True:", cases.quality_climbs_back_after_a_while),
    Mutant(
        "forgets_falls_at_once",
        _L,
        "if held >= max(standing.wait, _STEADY):",
        "if held >= standing.wait:",
        cases.quality_that_falls_now_and_then_does_not_flap,
    ),
    Mutant(
        "climbs_all_the_way", _L, "standing.level -= 1", "standing.level = 0", cases.quality_climbs_one_rung_at_a_time
    ),
    Mutant(
        "never_waits_longer",
        _L,
        "standing.wait = min(2 * standing.wait, _LONGEST_WAIT)",
        "pass",
        cases.quality_that_falls_again_stays_down_longer,
    ),
    Mutant(
        "never_probes",
        _P,
        "        last = self._newest.get(lanes)\n        if last is None:\n            wait",
        "        return False\n        if last is None:\n            wait",
        cases.a_refused_lane_is_probed,
    ),
    Mutant(
        "probes_only_what_was_quick_enough_once",
        _P,
        "        if has <= 0:",
        "        if has <= 0 or not likely:",
        cases.a_probe_that_is_replaced_before_it_starts_gives_its_turn_back,
    ),
    Mutant(
        "a_probe_that_leaves_is_spent",
        _P,
        "        last = self._newest.pop(lanes, None)",
        "        last = None",
        cases.a_probe_that_is_replaced_before_it_starts_gives_its_turn_back,
    ),
    Mutant(
        "probes_as_often_where_nothing_is_learned",
        _P,
        "min(2 * last.wait, self._longest)",
        "self._interval",
        cases.a_lane_that_is_too_slow_is_tried_ever_less_often,
    ),
    Mutant(
        "probes_always",
        _P,
        "now - last.at < (self._interval if soon else last.wait)",
        "False",
        cases.quality_that_falls_again_stays_down_longer,
    ),
    Mutant(
        "claims_last",
        _T,
        "                claim.met += 1",
        "                pass",
        cases.a_slot_that_has_gone_costs_others_one_frame,
    ),
    Mutant(
        "the_greedy_make_no_way",
        _T,
        "any(self._has_had_more(mine, other, now) and",
        "any(False and",
        cases.the_slots_of_an_identity_above_its_share_make_way_for_others,
    ),
    Mutant(
        "identities_make_way_for_whoever_claims",
        _T,
        "return self._shares.used(identity, now) >",
        "return NEVER >",
        cases.identities_take_turns_although_half_the_device_is_idle,
    ),
    Mutant(
        "who_has_had_less_makes_way",
        _T,
        " and self._had(slot, now) < enough:",
        ":",
        cases.slots_of_several_sessions_take_turns_too,
    ),
)
