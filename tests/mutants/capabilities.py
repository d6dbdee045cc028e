"""Ways to break what capabilities keep of their avatars, conversations and cameras."""

import bridge.capabilities.avatar.measured_link
import bridge.capabilities.avatar.sent_pictures
import bridge.capabilities.avatar.slot
import bridge.capabilities.dialogue.clusters
import bridge.capabilities.dialogue.conversation
import bridge.capabilities.recognition.last_output
from tests.capabilities.avatar import test_sent_pictures as sent_pictures
from tests.capabilities.avatar import test_subscriptions as subscriptions
from tests.capabilities.dialogue import test_clusters as clusters
from tests.capabilities.dialogue import test_conversation as conversation
from tests.capabilities.recognition import test_last_output as last_output
from tests.mutants.mutant import Mutant

_S, _L, _T = (
    bridge.capabilities.avatar.sent_pictures,
    bridge.capabilities.avatar.slot,
    bridge.capabilities.avatar.measured_link,
)
_U, _C, _R = (
    bridge.capabilities.dialogue.clusters,
    bridge.capabilities.dialogue.conversation,
    bridge.capabilities.recognition.last_output,
)

MUTANTS = (
    Mutant(
        "what_was_sent_is_shown",
        _S,
        "        self._sent.append(picture)\n",
        "        self.acknowledged = picture\n",
        sent_pictures.test_only_what_was_acknowledged_is_the_same_again,
    ),
    Mutant(
        "what_is_being_made_is_forgotten",
        _S,
        "return picture if others and all(np.array_equal(look, one) for one in self._generating.values()) else None",
        "return picture if others else None",
        sent_pictures.test_another_picture_under_way_would_be_the_last_one_shown,
    ),
    Mutant(
        "a_lost_frame_is_under_way_for_ever",
        _S,
        "self._sent = deque(picture for picture in self._sent if picture.index != index)",
        "pass",
        sent_pictures.test_another_picture_under_way_would_be_the_last_one_shown,
    ),
    Mutant(
        "a_frame_that_came_too_late_is_shown",
        _S,
        "        if dropped:\n",
        "        if False:\n",
        sent_pictures.test_the_newest_that_was_acknowledged_is_shown_unless_it_came_too_late,
    ),
    Mutant(
        "a_better_picture_is_tried_all_the_time",
        _S,
        "if not picture.repeated and now - self._tried < _RETRY_SECONDS:",
        "if False:",
        sent_pictures.test_a_better_picture_of_the_same_look_is_tried_now_and_then,
    ),
    Mutant(
        "a_look_that_changes_again_jumps",
        _L,
        "self.start, self.end, self.began, self.takes = self.look(now), look, now, takes",
        "self.start, self.end, self.began, self.takes = self.end, look, now, takes",
        sent_pictures.test_a_look_is_on_its_way_until_its_time_is_over,
    ),
    Mutant(
        "an_older_texture_replaces_a_newer_one",
        _L,
        "if index > self.textured_index:",
        "if True:",
        sent_pictures.test_the_newest_texture_is_kept_and_told_only_in_the_rows_asked_for,
    ),
    Mutant(
        "a_texture_is_repeated_upside_down",
        _L,
        "self.texture is not None and self.bottom_up == bottom_up",
        "self.texture is not None",
        sent_pictures.test_the_newest_texture_is_kept_and_told_only_in_the_rows_asked_for,
    ),
    Mutant(
        "a_link_is_as_slow_as_its_slowest_way",
        _T,
        "sorted(self._round_trips)[int(_QUANTILE * len(self._round_trips))]",
        "max(self._round_trips)",
        subscriptions.test_the_terms_follow_the_link,
    ),
    Mutant(
        "an_upper_bound_makes_a_link_slower",
        _T,
        "if measured < self._terms.link else self._terms",
        "",
        subscriptions.test_the_terms_follow_the_link,
    ),
    Mutant(
        "the_client_does_not_know_better",
        _T,
        "self._is_updated |= link > 0",
        "pass",
        subscriptions.test_the_terms_follow_the_link,
    ),
    Mutant(
        "the_last_character_does_not_wait",
        _U,
        "start = found.start()",
        "start = found.end()",
        clusters.test_a_character_is_whole_code_point_by_code_point,
        {"case": "a family"},
    ),
    Mutant(
        "what_was_held_is_lost_at_the_end",
        _U,
        'rest, self._held = self._held, ""',
        'rest, self._held = "", ""',
        clusters.test_a_character_is_whole_code_point_by_code_point,
        {"case": "plain"},
    ),
    Mutant(
        "what_is_held_has_no_bound",
        _U,
        "if len(text) - start > MOST_HELD:",
        "if False:",
        clusters.test_what_is_held_is_bounded,
    ),
    Mutant(
        "history_is_never_cut",
        _C,
        "        self._drop(self._surplus(sizes))\n",
        "",
        conversation.test_history_is_cut_to_half_in_whole_turns,
        {"player": "Hello!", "character": "Good day."},
    ),
    Mutant(
        "history_is_cut_in_the_middle_of_a_turn",
        _C,
        ' or self.lines[first].speaker != "user"',
        "",
        conversation.test_history_is_cut_to_half_in_whole_turns,
        {"player": "x" * 16_000, "character": "Good day."},
    ),
    Mutant(
        "the_newest_turn_is_cut_too",
        _C,
        "while first < last and (",
        "while first < len(sizes) and (",
        conversation.test_the_newest_turn_stays_however_long,
    ),
    Mutant(
        "a_number_said_again_is_another_turn",
        _C,
        "return same or any(",
        "return same and any(",
        conversation.test_a_turn_said_again_on_its_own_stream_is_known_however_old,
    ),
    Mutant(
        "numbers_that_were_left_out_are_known",
        _C,
        "if self._spans and self._spans[-1][::2] == (turn.stream_id, first - 1):",
        "if self._spans:",
        conversation.test_a_turn_said_again_on_its_own_stream_is_known_however_old,
    ),
    Mutant(
        "a_given_history_is_added_to_what_is_there",
        _C,
        "self.lines, self.dropped, self._said = list(lines), 0, None",
        "self.lines, self.dropped, self._said = [*self.lines, *lines], 0, None",
        conversation.test_a_given_history_replaces_the_lines_once_its_turn_has_begun,
        {"withdrawn": False},
    ),
    Mutant(
        "what_was_dropped_before_is_told_of_another_history",
        _C,
        "self.lines, self.dropped, self._said = list(lines), 0, None",
        "self.lines = list(lines)",
        conversation.test_a_given_history_replaces_the_lines_once_its_turn_has_begun,
        {"withdrawn": False},
    ),
    Mutant(
        "lines_that_are_dropped_are_told_again",
        _C,
        "dropped, self.dropped = self.dropped, 0",
        "dropped = self.dropped",
        conversation.test_a_given_history_replaces_the_lines_once_its_turn_has_begun,
        {"withdrawn": False},
    ),
    Mutant(
        "a_persona_that_was_never_tried_is_forgotten",
        _C,
        "self.proposed, self.meeting = turn.persona or self.proposed, turn.meeting",
        "pass",
        conversation.test_a_persona_holds_until_another_turn_has_been_taken_with_a_new_one,
    ),
    Mutant(
        "there_is_a_conversation_too_many",
        _C,
        "if len(self) >= limits.conversations_per_session:",
        "if len(self) > limits.conversations_per_session:",
        conversation.test_so_many_conversations_are_open_at_once,
    ),
    Mutant(
        "answers_are_carried_back",
        _R,
        "self.index < later.index",
        "self.index <= later.index",
        last_output.test_it_is_an_answer_to_the_next_picture_but_to_no_earlier_one,
    ),
    Mutant(
        "answers_are_carried_for_ever",
        _R,
        "and later.arrival - self.arrival <= LONGEST_SECONDS",
        "",
        last_output.test_it_holds_for_so_long_and_no_longer,
        {"field": "arrival", "last": 11.0, "too_much": 11.001},
    ),
    Mutant(
        "answers_are_carried_over_any_number_of_pictures",
        _R,
        "and later.number - self.number <= MOST_PICTURES",
        "",
        last_output.test_it_holds_for_so_long_and_no_longer,
        {"field": "number", "last": 32, "too_much": 33},
    ),
    Mutant(
        "answers_are_carried_into_another_shape",
        _R,
        "return difference <= SAME_SHAPE * one[0] * other[1] or difference < sum(one)",
        "return True",
        last_output.test_it_holds_for_so_long_and_no_longer,
        {"field": "size", "last": (648, 480), "too_much": (700, 480)},
    ),
)
