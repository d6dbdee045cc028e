"""Ways to break what becomes of a flight and its jobs when it ends."""

import bridge.policy.landing
from tests.mutants.mutant import Mutant
from tests.policy import cases

_N = bridge.policy.landing

MUTANTS = (
    Mutant("answers_late", _N, "if job.hard and late > 0:", "if False:", cases.a_late_answer_is_a_miss_without_payload),
    Mutant("misses_soft_work", _N, "if job.hard and late > 0:", "if late > 0:", cases.soft_work_is_delivered_late),
    Mutant(
        "answers_the_cancelled",
        _N,
        "            if not job.ended:\n                self._ledger.leave(job)",
        "            if True:\n                self._ledger.leave(job)",
        cases.a_cancelled_row_is_masked_and_the_others_go_on,
    ),
    Mutant(
        "retries_in_company",
        _N,
        "job.runs_alone = fault is Fault.ERROR",
        "job.runs_alone = False",
        cases.a_reply_that_goes_on_too_soon_fails,
    ),
    Mutant(
        "waits_for_slices_that_never_come",
        _N,
        "if run.last else None",
        "if False else None",
        cases.a_flight_that_does_not_end_when_it_should_fails,
    ),
    Mutant(
        "believes_a_flight_that_ends_too_soon",
        _N,
        "    if not run.last:\n",
        "    if False:\n",
        cases.a_reply_that_goes_on_too_soon_fails,
    ),
    Mutant(
        "retries_for_ever",
        _N,
        "if job.runs_alone or (alone and fault is Fault.OUT_OF_MEMORY):",
        "if False:",
        cases.memory_that_runs_out_for_one_row_is_the_end,
    ),
    Mutant(
        "keeps_the_cap",
        _N,
        "            lane.cap = max(1, flight.batch // 2)",
        "            pass",
        cases.memory_that_ran_out_lowers_the_cap,
    ),
    Mutant(
        "answers_half_done",
        _N,
        "elif then is not None and job.lane_index == 0:",
        "elif False:",
        cases.what_is_made_is_not_made_again_for_a_cheaper_second_lane,
    ),
    Mutant(
        "late_on_the_link",
        _N,
        "late = now + job.rungs[job.rung].lag - job.deadline",
        "late = now - job.deadline",
        cases.the_link_is_part_of_what_is_predicted,
    ),
    Mutant(
        "being_ahead_silences",
        _N,
        "job.deadline = now + min(",
        "job.deadline = max(now, job.deadline) + min(",
        cases.a_reply_rests_for_no_longer_than_its_pace,
    ),
    Mutant(
        "forgets_its_usual_gap",
        _N,
        "min(job.pace, self._policy.stretch * usual)",
        "job.pace",
        cases.soft_work_goes_on_until_it_is_done,
    ),
    Mutant(
        "hurries_all_the_time",
        _N,
        "self._policy.hurry * usual - step",
        "0.0",
        cases.prompts_go_before_replies_that_are_ahead,
    ),
    Mutant(
        "rests_beyond_its_pace",
        _N,
        "now + min(job.pace, least) - alone",
        "now + least - alone",
        cases.a_reply_rests_for_no_longer_than_its_pace,
    ),
    Mutant(
        "rushes_after_it_was_slow", _N, "_MOST = 0.6", "_MOST = 0.0", cases.a_reply_rests_for_no_longer_than_its_pace
    ),
    Mutant(
        "rests_whenever_it_was_slow_once", _N, "_MOST = 0.6", "_MOST = 1.0", cases.a_reply_that_was_slow_does_not_rush
    ),
    Mutant("warming_up_rests", _N, "        if job.is_reply:", "        if True:", cases.warming_up_does_not_rest),
    Mutant(
        "chunks_put_the_first_token_off",
        _N,
        "if not output.prepares and",
        "if",
        cases.chunks_of_a_prompt_do_not_put_its_first_token_off,
    ),
)
