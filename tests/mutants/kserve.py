"""Ways to break the KServe protocol's front."""

import bridge.kserve.asked
import bridge.kserve.batches
import bridge.kserve.inputs
import bridge.kserve.parameters
import bridge.kserve.service
import bridge.kserve.stream
import bridge.wire.status
from tests.interop import test_bytes as in_bytes
from tests.interop import test_requests as requests
from tests.interop import test_streams as in_streams
from tests.mutants.mutant import Mutant

_A, _B, _I, _P, _S, _T = (
    bridge.kserve.asked,
    bridge.kserve.batches,
    bridge.kserve.inputs,
    bridge.kserve.parameters,
    bridge.kserve.service,
    bridge.kserve.stream,
)

MUTANTS = (
    Mutant(
        "a_deadline_does_not_shorten_a_budget",
        _P,
        "return budget if time_left is None else min(budget, time_left)",
        "return budget",
        requests.test_the_shorter_of_timeout_and_deadline_is_the_budget,
        {"timeout": 2_000_000, "left": 1.0, "budget": 1.0},
    ),
    Mutant(
        "a_deadline_is_no_budget",
        _S,
        "usual = None if left is None else",
        "usual = None if True else",
        requests.test_the_rows_of_a_batch_are_submitted_together_and_belong_to_their_client,
    ),
    Mutant(
        "all_clients_are_one",
        _B,
        "client=owner.client,",
        'client="kserve",',
        requests.test_the_rows_of_a_batch_are_submitted_together_and_belong_to_their_client,
    ),
    Mutant(
        "jobs_belong_to_nobody",
        _B,
        "identity=owner.identity,",
        'identity="",',
        requests.test_the_rows_of_a_batch_are_submitted_together_and_belong_to_their_client,
    ),
    Mutant(
        "a_cancelled_call_keeps_its_jobs",
        _B,
        "            self._count_failure(request)\n            self._cancel(request)",
        "            self._count_failure(request)",
        requests.test_a_cancelled_call_leaves_nothing_behind,
    ),
    Mutant(
        "tensors_that_wait_have_no_limit",
        _B,
        "if passed := self._caller.waiting.passed(self._caller.owner, size):",
        'if passed := "":',
        requests.test_tensors_that_wait_have_a_limit,
    ),
    Mutant(
        "a_stopping_server_waits_for_nobody",
        _S,
        "await self._idle.wait()",
        "return",
        requests.test_a_stopping_server_answers_what_is_in_progress,
    ),
    Mutant(
        "a_missed_budget_is_a_fault",
        bridge.wire.status,
        "return Status(ENDED.get(reason, grpc.StatusCode.INTERNAL), reason)",
        "return Status(grpc.StatusCode.INTERNAL, reason)",
        requests.test_a_call_whose_answer_would_be_late_is_told_so,
    ),
    Mutant(
        "values_have_no_limit",
        _A,
        "if len(head) > CONTROL_BYTES:",
        "if False:",
        in_bytes.test_bytes_that_cannot_be_a_request_are_refused,
        {"name": "many values"},
    ),
    Mutant(
        "a_cut_tensor_is_read",
        _A,
        "if end != len(data):",
        "if False:",
        in_bytes.test_bytes_that_cannot_be_a_request_are_refused,
        {"name": "a tensor cut short"},
    ),
    Mutant(
        "more_bytes_than_the_shape_says",
        _I,
        "if len(data) != wanted:",
        "if len(data) < wanted:",
        in_bytes.test_what_a_request_says_wrongly_is_refused,
        {"name": "too many bytes"},
    ),
    Mutant(
        "a_batch_below_one",
        _I,
        "if not 1 <= batch <= most:",
        "if batch > most:",
        in_bytes.test_what_a_request_says_wrongly_is_refused,
        {"name": "a negative batch"},
    ),
    Mutant(
        "a_bool_that_is_neither",
        _I,
        "arrays.append(np.frombuffer(data, np.uint8) != 0)",
        "arrays.append(np.frombuffer(data, np.bool_))",
        in_bytes.test_any_byte_but_0_is_true_and_arrays_are_the_requests_own,
    ),
    Mutant(
        "numbers_that_overflow_are_taken",
        _I,
        "if wide.size and not range_.min <= wide.min() <= wide.max() <= range_.max:",
        "if False:",
        in_bytes.test_half_precision_has_no_values_and_small_numbers_have_limits,
    ),
    Mutant(
        "a_refusal_in_a_stream_names_no_request",
        _T,
        "failed(asked.message, detail_of(error).message)",
        "failed(type(asked.message)(), detail_of(error).message)",
        in_streams.test_answers_come_as_they_are_done_and_name_their_requests,
    ),
    Mutant(
        "a_stream_may_ask_without_end",
        _B,
        "if len(self._delivery.owed) >= most:",
        "if False:",
        in_streams.test_unanswered_requests_have_a_limit,
    ),
)
