"""Ways to break sessions, and what they share with their clients."""

import bridge.sessions.allocator
import bridge.sessions.handshakes
import bridge.sessions.sessions
from tests.mutants.mutant import Mutant
from tests.sessions import test_allocator as allocator
from tests.sessions import test_handshakes as handshakes
from tests.sessions import test_table as table

_A, _H, _S = bridge.sessions.allocator, bridge.sessions.handshakes, bridge.sessions.sessions

MUTANTS = (
    Mutant(
        "the_grace_time_runs_beside_a_stream",
        _S,
        "        session.used = True\n        self._unwatch(session)\n",
        "        session.used = True\n",
        table.test_the_grace_time_runs_while_a_session_has_no_stream,
    ),
    Mutant(
        "one_stream_that_ends_starts_the_grace_time",
        _S,
        "if session.id in self._sessions and not session.streams:\n            self._watch(session)",
        "session.streams, rest = set(), session.streams\n        self._watch(session)\n        session.streams = rest",
        table.test_the_grace_time_runs_while_a_session_has_no_stream,
    ),
    Mutant(
        "streams_are_not_bounded",
        _S,
        "if len(session.streams) >= self._limits.streams_per_session:",
        "if False:",
        table.test_a_session_has_so_many_streams,
    ),
    Mutant(
        "a_session_that_was_used_is_pushed_out",
        _S,
        "(session for session in mine if not session.used)",
        "(session for session in mine)",
        table.test_who_shakes_hands_without_end_pushes_out_only_its_own_that_were_never_used,
    ),
    Mutant(
        "others_are_pushed_out",
        _S,
        "mine = [session for session in self._sessions.values() if session.identity == identity]",
        "mine = list(self._sessions.values())",
        table.test_who_shakes_hands_without_end_pushes_out_only_its_own_that_were_never_used,
    ),
    Mutant(
        "sessions_are_not_bounded",
        _S,
        "len(self._sessions) < self._limits.sessions and",
        "",
        table.test_all_sessions_together_are_bounded,
    ),
    Mutant(
        "a_resumed_session_keeps_its_old_identity",
        _S,
        "session.identity = identity",
        "pass",
        table.test_a_session_is_found_again_with_what_was_kept,
    ),
    Mutant(
        "the_end_frees_nothing",
        _S,
        "            free(session)\n",
        "            pass\n",
        table.test_the_end_of_a_session_frees_what_was_kept_and_ends_its_streams,
    ),
    Mutant(
        "what_has_ended_is_waited_for",
        _S,
        "if session.id in self._sessions and not session.streams:",
        "if not session.streams:",
        table.test_the_end_of_a_session_frees_what_was_kept_and_ends_its_streams,
    ),
    Mutant(
        "one_identity_takes_all_shared_memory",
        _S,
        "(len(mine) + 1) * size <= most // 2",
        "True",
        table.test_an_identity_has_half_of_the_shared_memory_at_the_most,
    ),
    Mutant(
        "places_overlap",
        _A,
        "if free + size <= start:",
        "if free <= start:",
        allocator.test_places_lie_side_by_side_and_the_first_gap_is_taken_again,
    ),
    Mutant(
        "places_are_not_aligned",
        _A,
        "free = _up(end)",
        "free = end",
        allocator.test_places_lie_side_by_side_and_the_first_gap_is_taken_again,
    ),
    Mutant(
        "the_last_place_runs_over_the_end",
        _A,
        "if free + size > self._end:",
        "if free > self._end:",
        allocator.test_places_lie_side_by_side_and_the_first_gap_is_taken_again,
    ),
    Mutant(
        "a_neighbours_place_is_given_back",
        _A,
        "if at == len(self._taken) or self._taken[at][0] != start:",
        "if at == len(self._taken):",
        allocator.test_what_nobody_has_cannot_be_given_back,
    ),
    Mutant(
        "refused_handshakes_are_counted",
        _H,
        "        if wait > _LONGEST_WAIT:\n",
        "        self._levels[identity] = level + 1, now\n        if wait > _LONGEST_WAIT:\n",
        handshakes.test_a_flood_is_let_through_at_a_steady_rate,
    ),
    Mutant(
        "handshakes_never_leak_away",
        _H,
        "(now - since) * _A_SECOND",
        "0.0",
        handshakes.test_a_flood_is_let_through_at_a_steady_rate,
    ),
    Mutant(
        "a_flood_is_everybodys",
        _H,
        "self._levels.get(identity, (0.0, now))",
        "next(iter(self._levels.values()), (0.0, now))",
        handshakes.test_a_flood_is_let_through_at_a_steady_rate,
    ),
    Mutant(
        "identities_are_remembered_for_ever",
        _H,
        "if len(self._levels) >= _MANY:",
        "if False:",
        handshakes.test_identities_that_owe_nothing_are_forgotten,
    ),
)
