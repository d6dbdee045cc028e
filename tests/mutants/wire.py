"""Ways to break what is read from the wire and how errors are told on it."""

import bridge.wire.bounds
import bridge.wire.bulk
import bridge.wire.identity
import bridge.wire.shape
import bridge.wire.status
import bridge.wire.unread
from bridge.errors import InvalidRequest, Overloaded
from tests.mutants.mutant import Mutant
from tests.streams import test_outbox as outbox
from tests.wire import test_bulk as bulk
from tests.wire import test_identity as identity
from tests.wire import test_shape as shape
from tests.wire import test_status as status
from tests.wire import test_unread as unread

_B, _I, _P, _S, _T, _U = (
    bridge.wire.bounds,
    bridge.wire.identity,
    bridge.wire.shape,
    bridge.wire.status,
    bridge.wire.bulk,
    bridge.wire.unread,
)

MUTANTS = (
    Mutant(
        "an_overload_has_another_code",
        _S,
        "Status(grpc.StatusCode.RESOURCE_EXHAUSTED, error_pb2.ERROR_REASON_OVERLOADED, 0.1)",
        "Status(grpc.StatusCode.UNAVAILABLE, error_pb2.ERROR_REASON_OVERLOADED, 0.1)",
        status.test_the_table_is_as_clients_know_it,
    ),
    Mutant(
        "an_error_without_a_row_is_a_fault_of_ours",
        _S,
        "return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)",
        "return TABLE.get(type(error), TABLE[BridgeError])",
        status.test_an_error_without_a_row_has_that_of_its_nearest_ancestor,
    ),
    Mutant(
        "what_is_malformed_is_refused",
        _S,
        "if status_of(error).retry_after is not None or isinstance(error, ModelNotReady):",
        "if True:",
        status.test_what_cannot_be_taken_now_is_refused_and_what_is_malformed_is_invalid,
        {"error": InvalidRequest("x"), "disposition": "INVALID", "retry_after": None},
    ),
    Mutant(
        "when_to_ask_again_is_guessed",
        _S,
        "(isinstance(error, Overloaded) and error.retry_after is not None)",
        "False",
        status.test_what_cannot_be_taken_now_is_refused_and_what_is_malformed_is_invalid,
        {"error": Overloaded("x", retry_after=7.5), "disposition": "REFUSED", "retry_after": 7.5},
    ),
    Mutant(
        "what_may_be_asked_again_at_once_is_final",
        _S,
        "retryable=retry_after is not None",
        "retryable=bool(retry_after)",
        status.test_every_ending_that_the_server_tells_has_its_sentence,
    ),
    Mutant(
        "blocked_is_told_as_queue",
        _S,
        "stage=STAGES[stage],",
        "stage=STAGES[Stage.QUEUE],",
        status.test_every_ending_that_the_server_tells_has_its_sentence,
    ),
    Mutant(
        "a_long_sentence_is_not_cut",
        _S,
        "if size > _LONGEST:",
        "if False:",
        status.test_a_sentence_is_no_longer_than_grpc_sends_it,
        {"letter": "x"},
    ),
    Mutant(
        "a_long_sentence_is_cut_by_letters",
        _S,
        "size += 1 if",
        "size += 1 if True or",
        status.test_a_sentence_is_no_longer_than_grpc_sends_it,
        {"letter": "é"},
    ),
    Mutant(
        "a_number_that_is_none_is_within",
        _B,
        "if not least <= value <= most:",
        "if value < least or value > most:",
        status.test_a_number_is_within_its_bounds_and_rises,
    ),
    Mutant(
        "a_number_may_stay_as_it_is",
        _B,
        "if value <= last:",
        "if value < last:",
        status.test_a_number_is_within_its_bounds_and_rises,
    ),
    Mutant(
        "there_is_a_slot_too_many",
        _B,
        "if not 0 <= slot < limits.slots_per_stream:",
        "if not 0 <= slot <= limits.slots_per_stream:",
        status.test_a_number_is_within_its_bounds_and_rises,
    ),
    Mutant(
        "the_link_takes_nothing_of_a_budget",
        _B,
        "return self.budget - self.link",
        "return self.budget",
        status.test_a_budget_is_what_was_sent_or_the_default_less_the_link,
    ),
    Mutant(
        "every_message_may_be_large",
        _P,
        "return min(limits.message_bytes, CONTROL_BYTES + ",
        "return max(limits.message_bytes, CONTROL_BYTES + ",
        shape.test_only_pictures_and_probes_may_be_large,
    ),
    Mutant(
        "fields_inside_are_not_counted",
        _P,
        "left = _count(field.message_type, data[begin:end], left, most)",
        "_count(field.message_type, data[begin:end], left, most)",
        shape.test_fields_inside_of_several_messages_are_counted_together,
    ),
    Mutant(
        "one_field_too_many_is_read",
        _P,
        "        if left < 0:\n",
        "        if left < -1:\n",
        shape.test_fields_inside_of_several_messages_are_counted_together,
    ),
    Mutant(
        "each_port_is_an_identity",
        _I,
        'host = rest.rpartition(":")[0]',
        "host = rest",
        identity.test_an_address_without_its_port_is_an_identity,
        {"peer": "ipv4:127.0.0.1:40312", "identity": "127.0.0.1"},
    ),
    Mutant(
        "each_address_of_a_household_is_an_identity",
        _I,
        "return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))",
        "return str(address)",
        identity.test_an_address_without_its_port_is_an_identity,
        {"peer": "ipv6:%5B2001:db8::1%5D:40312", "identity": "2001:db8::/64"},
    ),
    Mutant(
        "an_inner_field_passes_for_the_payload",
        _T,
        "if key == wanted and end == len(data):",
        "if key == wanted:",
        bulk.test_a_payload_that_is_not_the_last_field_is_read_all_the_same,
    ),
    Mutant(
        "long_payloads_are_given_a_short_size",
        _T,
        "    while size > 0x7F:\n",
        "    while size > 0xFF:\n",
        bulk.test_an_appended_payload_is_read_by_protobuf,
        {"size": 200},
    ),
    Mutant(
        "a_call_that_is_over_counts_for_ever",
        _U,
        "        self._add(-self.held)\n",
        "",
        unread.test_what_a_call_held_counts_until_grpc_lets_go_of_it,
    ),
    Mutant(
        "an_identity_has_no_limit_of_its_own",
        _U,
        "            or unread.identities[session[0]] + size > limits.unread_identity_bytes\n",
        "",
        unread.test_each_limit_holds_by_itself,
    ),
    Mutant(
        "a_payload_that_was_dropped_is_still_counted",
        _U,
        "        if droppable:\n            self.droppable += size\n",
        "",
        outbox.test_an_entry_wakes_the_writer_that_sleeps,
    ),
)
