"""Named ways to break the policy. Each must be noticed by the oracle or by a case.

A mutant replaces one piece of `bridge/policy/scheduler.py` or a module it uses; the piece must occur exactly once,
so a mutant cannot silently stop mutating when the code changes.
"""

import sys
import types
from dataclasses import dataclass
from pathlib import Path

import bridge.policy.admission
import bridge.policy.batching
import bridge.policy.intake
import bridge.policy.landing
import bridge.policy.learned.ladder
import bridge.policy.learned.probes
import bridge.policy.learned.turns
import bridge.policy.order
import bridge.policy.scheduler
from bridge.policy.scheduler import Scheduler


@dataclass(frozen=True)
class Mutant:
    name: str
    module: types.ModuleType
    old: str
    new: str

    def scheduler(self) -> type[Scheduler]:
        """The scheduler class with this fault in it."""
        assert self.module.__file__ is not None
        source = Path(self.module.__file__).read_text(encoding="utf-8")
        assert source.count(self.old) == 1, f"{self.name}: its piece occurs {source.count(self.old)} times"
        mutated = types.ModuleType(f"{self.module.__name__}_{self.name}")
        _execute(mutated, source.replace(self.old, self.new))
        if self.module is bridge.policy.scheduler:
            return mutated.Scheduler  # type: ignore[no-any-return]
        scheduler = types.ModuleType(f"bridge.scheduler_{self.name}")
        assert bridge.policy.scheduler.__file__ is not None
        _execute(scheduler, Path(bridge.policy.scheduler.__file__).read_text(encoding="utf-8"))
        parts = ("Admission", "Batching", "Intake", "Ladders", "Landing", "Order", "Probes", "Turns", "output_error")
        for part in parts:
            if hasattr(mutated, part):
                setattr(scheduler, part, getattr(mutated, part))
        return scheduler.Scheduler  # type: ignore[no-any-return]


def _execute(module: types.ModuleType, source: str) -> None:
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(source, module.__name__, "exec"), module.__dict__)


_A, _B, _I, _L = bridge.policy.admission, bridge.policy.batching, bridge.policy.intake, bridge.policy.learned.ladder
_N, _O, _P, _S, _T = (
    bridge.policy.landing,
    bridge.policy.order,
    bridge.policy.learned.probes,
    bridge.policy.scheduler,
    bridge.policy.learned.turns,
)

MUTANTS = (
    Mutant(
        "first_come_first_served", _O, "return rank, min(job.due, job.due_inherited), 0,", "return rank, job.id, 0,"
    ),
    Mutant(
        "latest_deadline_first", _O, "return rank, min(job.due, job.due_inherited), 0,", "return rank, -job.due, 0,"
    ),
    Mutant("no_fair_share", _O, "rank = 0 if starving else", "rank = 0 if True else"),
    Mutant("identities_do_not_count", _O, "*self._ledger.census(job.owner))", "*self._ledger.census(job.owner)) % 2"),
    Mutant("clients_do_not_count", _O, "*self._ledger.census(job.owner))", "*self._ledger.census(job.owner)) // 2 * 2"),
    Mutant(
        "no_batch_limit",
        _B,
        "if len(batch) >= lane.cap:\n                break",
        "if len(batch) >= 99:\n                break",
    ),
    Mutant(
        "never_batches",
        _B,
        "        if head.runs_alone:\n            return batch",
        "        if True:\n            return batch",
    ),
    Mutant("ignores_its_rows_deadlines", _B, "if completion > last and not", "if False and not"),
    Mutant("ignores_the_heads_deadline", _B, "last = min(due, hard_due(job))", "last = hard_due(job)"),
    Mutant("ignores_other_lanes", _B, "return True\n        return False", "return False\n        return False"),
    Mutant("suspects_in_company", _B, "            if job.runs_alone:\n                continue", "            pass"),
    Mutant("never_sheds", _B, "return len(without) > len(batch) + 1 and", "return False and"),
    Mutant("sheds_without_overload", _B, " and not self._clears(lane, queue, len(batch), now)", ""),
    Mutant("waits_to_the_last", _B, "return min(until, start), start", "return start, start"),
    Mutant("never_waits", _B, "return min(until, start), start", "return now, start"),
    Mutant("waits_for_bursts_when_idle", _B, "if pressed and until <= now:", "if until <= now:"),
    Mutant("waits_too_long", _B, "bound(lane.name, wider - doubtful) - self._margin", "bound(lane.name, 1) + 0.002"),
    Mutant(
        "keeps_the_superseded",
        _I,
        "        if older is not None:",
        "        if False:",
    ),
    Mutant("gives_up_its_place", _I, "job.due_inherited = min(older.due_inherited, older.due)", "pass"),
    Mutant("takes_the_last_ones_place", _I, "min(older.due_inherited, older.due)", "older.due"),
    Mutant("forgets_the_newest", _I, "            self._newest[job.supersede_key] = job", "            pass"),
    Mutant("tries_again_what_is_replaced", _I, "if job.supersede_key in self._newest:", "if False:"),
    Mutant("supersedes_the_started", _I, "            del self._newest[job.supersede_key]", "            pass"),
    Mutant("answers_late", _N, "if job.hard and late > 0:", "if False:"),
    Mutant("misses_soft_work", _N, "if job.hard and late > 0:", "if late > 0:"),
    Mutant(
        "answers_the_cancelled",
        _N,
        "            if not job.ended:\n                self._ledger.leave(job)",
        "            if True:\n                self._ledger.leave(job)",
    ),
    Mutant("never_refuses", _A, "        if not job.hard:\n            return True\n", "        return True\n"),
    Mutant(
        "keeps_the_hopeless",
        _S,
        "                dropped |= self._drop_waiting(lane, now)",
        "                pass",
    ),
    Mutant(
        "refuses_too_soon",
        _A,
        "+ ahead + self._latency.bound(lane.name, 1)",
        "+ ahead + 1.5 * self._latency.bound(lane.name, 1)",
    ),
    Mutant("tells_late_rows_at_the_end", _S, "            self._drop_late(job, done, now)", "            pass"),
    Mutant(
        "runs_dead_flights",
        _S,
        "                dropped |= self._drop_flight(lane, lane.flight, at, now)",
        "                pass",
    ),
    Mutant(
        "never_goes_down_a_rung",
        _I,
        "range(job.rung + 1, len(job.rungs))",
        "range(job.rung + 1, min(1, len(job.rungs)))",
    ),
    Mutant("forgets_the_laneless_rung", _S, "if index > job.rung and rung.lane is None:", "if False:"),
    Mutant("no_ageing", _A, "return now + self._policy.ageing", "return NEVER"),
    Mutant("no_patience", _A, "+ self._policy.patience", "- 10.0"),
    Mutant(
        "endless_queue",
        _I,
        "if full or greedy:",
        "if greedy:",
    ),
    Mutant(
        "one_client_may_fill_the_queue",
        _I,
        "or mine > self._policy.max_jobs_per_client",
        "",
    ),
    Mutant(
        "one_identity_may_fill_the_queue",
        _I,
        "ours > self._policy.max_jobs_per_identity or ",
        "",
    ),
    Mutant("retries_in_company", _N, "job.runs_alone = fault is Fault.ERROR", "job.runs_alone = False"),
    Mutant("waits_for_slices_that_never_come", _N, "if run.last else None", "if False else None"),
    Mutant("believes_a_flight_that_ends_too_soon", _N, "    if not run.last:\n", "    if False:\n"),
    Mutant("retries_for_ever", _N, "if job.runs_alone or (alone and fault is Fault.OUT_OF_MEMORY):", "if False:"),
    Mutant("keeps_the_cap", _N, "            lane.cap = max(1, flight.batch // 2)", "            pass"),
    Mutant(
        "never_probes",
        _P,
        "        last = self._newest.get(lanes)\n        if last is None:\n            wait",
        "        return False\n        if last is None:\n            wait",
    ),
    Mutant("probes_only_what_was_quick_enough_once", _P, "        if has <= 0:", "        if has <= 0 or not likely:"),
    Mutant("a_probe_that_leaves_is_spent", _P, "        last = self._newest.pop(lanes, None)", "        last = None"),
    Mutant("probes_as_often_where_nothing_is_learned", _P, "min(2 * last.wait, self._longest)", "self._interval"),
    Mutant("lets_go_of_probes", _S, "(at if job.probe else done) > job.due", "done > job.due"),
    Mutant("gives_up_probes", _S, "(soonest if job.probe else alone) > job.due", "alone > job.due"),
    Mutant(
        "wide_batches_are_never_tried", _B, "return self._latency.is_doubtful(lane.name, rows) and", "return False and"
    ),
    Mutant("wide_batches_are_let_go", _S, "job.probe |= doubtful", "pass"),
    Mutant("first_come_first_served_by_slot", _I, "and self._turns.yields(job, now)", "and False"),
    Mutant("nobody_claims", _I, "self._turns.claim(job, now)", "pass"),
    Mutant(
        "claims_last",
        _T,
        "                claim.met += 1",
        "                pass",
    ),
    Mutant("the_greedy_make_no_way", _T, "any(self._has_had_more(mine, other, now) and", "any(False and"),
    Mutant("identities_make_way_for_whoever_claims", _T, "return self._shares.used(identity, now) >", "return NEVER >"),
    Mutant("who_has_had_less_makes_way", _T, " and self._had(slot, now) < enough:", ":"),
    Mutant("claims_without_contention", _I, "lane.ran_since(job.arrival) and ", ""),
    Mutant("claims_of_the_hopeless", _I, " and self._admission.fits(rung, job):", ":"),
    Mutant("probes_always", _P, "now - last.at < (self._interval if soon else last.wait)", "False"),
    Mutant("idles_over_work", _S, "lane, batch = held", "return WaitUntil(wake)"),
    Mutant(
        "runs_in_between_regardless",
        _S,
        "if held and at + self._next_slice_bound(lane, batch) > latest_start:",
        "if False:",
    ),
    Mutant(
        "forgets_the_second_lane",
        _A,
        "return rung.lag + sum(self._latency.bound(name, 1) for name in after if name in self._lanes)",
        "return rung.lag",
    ),
    Mutant("forgets_the_link", _A, "return rung.lag + sum(", "return sum("),
    Mutant("answers_half_done", _N, "elif job.lane_index + 1 < len(lanes):", "elif False:"),
    Mutant(
        "supersedes_between_lanes",
        _I,
        "if job.supersede_key is not None and job.lane_index == 0:",
        "if job.supersede_key is not None:",
    ),
    Mutant(
        "makes_again_what_is_made",
        _I,
        "lane_index = 1 if job.lane_index and rung.then and",
        "lane_index = 1 if False and",
    ),
    Mutant("late_on_the_link", _N, "late = now + job.rungs[job.rung].lag - job.deadline", "late = now - job.deadline"),
    Mutant("climbs_at_once", _L, "if held < state.wait:", "if False:"),
    Mutant("never_climbs", _L, "if held < state.wait:", "if True:"),
    Mutant("forgets_falls_at_once", _L, "if held >= max(state.wait, _STEADY):", "if held >= state.wait:"),
    Mutant("climbs_all_the_way", _L, "state.level -= 1", "state.level = 0"),
    Mutant("never_waits_longer", _L, "state.wait = min(2 * state.wait, _LONGEST_WAIT)", "pass"),
    Mutant(
        "forgets_that_it_fell", _I, "            self._ladders.fell(job.supersede_key, index, now)", "            pass"
    ),
    Mutant("being_ahead_silences", _N, "job.deadline = now + min(", "job.deadline = max(now, job.deadline) + min("),
    Mutant("forgets_its_usual_gap", _N, "min(job.pace, self._policy.stretch * usual)", "job.pace"),
    Mutant("late_prompts_make_replies_falter", _O, "if job.urgent_at <= now:", "if False:"),
    Mutant("hurries_all_the_time", _N, "self._policy.hurry * usual - step", "0.0"),
    Mutant("rushes_when_it_can", _I, "queue = waiting.waiting if job.not_before <= now else", "queue = True and"),
    Mutant("rests_beyond_its_pace", _N, "now + min(job.pace, least) - alone", "now + least - alone"),
    Mutant("rushes_after_it_was_slow", _N, "_MOST = 0.6", "_MOST = 0.0"),
    Mutant("rests_whenever_it_was_slow_once", _N, "_MOST = 0.6", "_MOST = 1.0"),
    Mutant("warming_up_rests", _N, "        if job.is_reply:", "        if True:"),
    Mutant("nobody_wakes_who_rests", _S, "wake = min(wake, lane.unpause(at))", "lane.unpause(at)"),
    Mutant("who_rests_is_forgotten", _S, "[*lane.pending, *lane.paused]", "list(lane.pending)"),
    Mutant("chunks_put_the_first_token_off", _N, "if not output.prepares and", "if"),
    Mutant("late_prompts_go_first", _O, "0 if waited > most else 2", "0"),
    Mutant("replies_shut_prompts_out", _O, "0 if waited > most else 2", "2"),
    Mutant("prompts_wait_until_they_are_late", _O, "if job.due > behind and not job.prompt:", "if job.due > behind:"),
    Mutant("no_share_for_talk", _O, "place = -NEVER if self._soft_first else behind", "place = behind"),
    Mutant("talk_takes_all", _O, "self._soft_load.share(now) < self._policy.soft_share and", ""),
    Mutant(
        "tokens_begin_when_they_are_due",
        _A,
        "max(job.deadline - run, now + run / 2)",
        "max(job.deadline, now + run / 2)",
    ),
    Mutant("greedy_replies_leave_no_gap", _A, "max(job.deadline - run, now + run / 2)", "job.deadline - run"),
    Mutant("background_work_has_a_rank", _O, "        if job.background:\n", "        if False:\n"),
    Mutant("background_work_is_first", _O, "return _LAST, job.queued_at,", "return -1, job.queued_at,"),
    Mutant(
        "background_work_starts_what_is_held",
        _S,
        "if all(job.background for job in lane.pending):",
        "if False:",
    ),
    Mutant("background_work_is_charged", _S, "if not all(job.background for job in flight.jobs):", "if True:"),
    Mutant("jumps_to_the_last_slice", _S, "        flight.next_slice += 1", "        flight.next_slice += 2"),
)
