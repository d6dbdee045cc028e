"""Ways to break the requests of an inference stream."""

import bridge.capabilities.inference.inferences
import bridge.capabilities.inference.results
import bridge.capabilities.inference.service
import bridge.capabilities.inference.tensors
import bridge.capabilities.inference.upload_memory
from tests.capabilities.inference import test_inference as answers
from tests.capabilities.inference import test_invalid as invalid
from tests.capabilities.inference import test_memory as memory
from tests.mutants.mutant import Mutant

_I, _R, _S, _T, _U = (
    bridge.capabilities.inference.inferences,
    bridge.capabilities.inference.results,
    bridge.capabilities.inference.service,
    bridge.capabilities.inference.tensors,
    bridge.capabilities.inference.upload_memory,
)

MUTANTS = (
    Mutant(
        "what_a_wrong_part_held_is_kept",
        _I,
        "        self._waiting.give(self._owner, request.size)\n",
        "",
        invalid.test_a_part_that_does_not_follow_ends_its_request,
        {"offset": 101, "size": 10},
    ),
    Mutant(
        "every_request_replaces_older_ones",
        _I,
        "return (self._stream.id, request.slot) if request.latest_only else None",
        "return (self._stream.id, request.slot)",
        answers.test_the_newest_of_a_slot_replaces_older_ones_only_where_it_says_so,
    ),
    Mutant(
        "a_result_of_another_model_is_sent_again",
        _I,
        "(last.model, last.version) != (request.work, request.version)",
        "False",
        answers.test_a_slot_s_last_result_is_sent_again_where_nothing_else_is_on_time,
    ),
    Mutant(
        "an_old_result_is_sent_again_for_ever",
        _I,
        "or request.arrival - last.arrival > LONGEST_REPEAT_SECONDS",
        "",
        answers.test_a_result_is_not_sent_again_after_a_second,
    ),
    Mutant(
        "a_result_that_is_sent_again_is_not_marked",
        _I,
        "        request.repeated_from = last.index\n",
        "",
        answers.test_a_slot_s_last_result_is_sent_again_where_nothing_else_is_on_time,
    ),
    Mutant(
        "the_best_alone_may_be_an_older_one",
        _I,
        "if request.terms.best_only or ",
        "if ",
        answers.test_a_slot_s_last_result_is_sent_again_where_nothing_else_is_on_time,
    ),
    Mutant(
        "a_broken_model_is_the_client_s_fault",
        _I,
        "if isinstance(error, ModelFailed):",
        "if False:",
        invalid.test_a_lane_that_cannot_be_found_fails_its_row,
        {"lane": "told.other", "disposition": invalid.FAILED, "sentence": "which it has not"},
    ),
    Mutant(
        "outputs_come_with_every_chunk",
        _R,
        '            header.ClearField("outputs")  # they come with the first\n',
        "",
        invalid.test_a_large_result_comes_in_chunks,
    ),
    Mutant(
        "a_bool_may_be_neither",
        _T,
        'view != 0 if layout.dtype == "bool" else view.view(layout.dtype)',
        "view.view(layout.dtype)",
        answers.test_a_bool_of_any_other_byte_is_true,
    ),
    Mutant(
        "tensors_may_be_shorter_than_they_say",
        _T,
        "    if size != total:\n",
        "    if False:\n",
        invalid.test_a_wrong_request_says_what_was_wrong_and_the_stream_goes_on,
        {"name": "too few bytes"},
    ),
    Mutant(
        "a_row_that_does_not_fit_reaches_the_model",
        _S,
        "if why := misfit(",
        "if False and misfit(",
        invalid.test_a_wrong_request_says_what_was_wrong_and_the_stream_goes_on,
        {"name": "no inputs"},
    ),
    Mutant(
        "the_key_of_the_upload_memory_may_be_read",
        _U,
        "if not KEY_BYTES <= offset",
        "if not 0 <= offset",
        memory.test_a_range_outside_of_the_upload_memory_is_refused,
        {"offset": 15},
    ),
)
