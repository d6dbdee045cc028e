"""Ways to break bundles: what is split and joined, what a bad part costs, who may send them, when they arrive."""

import bridge.control.service
import bridge.device.listeners
import bridge.streams.loop_turns
import bridge.streams.outbox
import bridge.streams.stream
import bridge.wire.bundles
import bridge.wire.handlers
import bridge.wire.shape
from tests.bundles import test_agreement as agreement
from tests.bundles import test_order as order
from tests.bundles import test_parts as parts
from tests.bundles import test_recorded as recorded
from tests.control import test_probe as probe
from tests.device import test_driver as driver
from tests.mutants.mutant import Mutant
from tests.serving.client import B
from tests.streams import test_loop_turns as turns
from tests.streams import test_outbox as outbox
from tests.wire import test_bundles as wire

_B, _C, _H, _O, _S = (
    bridge.wire.bundles,
    bridge.control.service,
    bridge.wire.handlers,
    bridge.streams.outbox,
    bridge.streams.stream,
)

MUTANTS = (
    Mutant(
        "there_is_a_part_too_many",
        _B,
        "if not 0 < len(parts) <= MOST_PARTS:",
        "if not 0 < len(parts) <= MOST_PARTS + 1:",
        wire.test_a_bundle_has_as_many_parts_as_it_may_and_no_more,
    ),
    Mutant(
        "a_bundle_of_nothing_passes",
        _B,
        "if not 0 < len(parts) <= MOST_PARTS:",
        "if not 0 <= len(parts) <= MOST_PARTS:",
        wire.test_an_empty_bundle_is_none,
    ),
    Mutant(
        "a_part_is_a_byte_too_large",
        _B,
        "_misfit(part) if len(part) > PART_BYTES or",
        "_misfit(part) if len(part) > PART_BYTES + 1 or",
        wire.test_a_part_is_as_large_as_it_may_be_and_no_larger,
        {"kind": B.ProbeRequest},
    ),
    Mutant(
        "bundles_nest",
        _B,
        " or part[:1] == first else",
        " else",
        wire.test_a_bad_part_costs_itself_alone,
        {"case": "a bundle", "place": 1},
    ),
    Mutant(
        "what_lies_beside_a_bundle_is_lost",
        _B,
        " or len(message.ListFields()) > 1",
        "",
        wire.test_nothing_may_lie_beside_a_bundle,
        {"case": "a payload"},
    ),
    Mutant(
        "the_fields_of_parts_add_up_to_anything",
        _B,
        "    check_parts(descriptor, ",
        "    print(descriptor, ",
        wire.test_the_fields_of_all_parts_are_counted_together,
    ),
    Mutant(
        "a_part_that_is_not_read_uses_up_the_fields",
        bridge.wire.shape,
        "            if len(part) <= longest:\n    ",
        "",
        wire.test_the_fields_of_a_part_that_is_too_large_count_for_nobody_else,
    ),
    Mutant(
        "a_part_has_as_many_fields_as_it_likes",
        _H,
        "        try:\n            check_shape(descriptor, data)\n            return read(data)\n",
        "        try:\n            return read(data)\n",
        wire.test_a_part_has_no_more_fields_than_a_message_of_its_size_may,
    ),
    Mutant(
        "a_bad_part_is_left_out",
        _H,
        "                return split(kind, data, decode_part)\n",
        "                return type(p := split(kind, data, decode_part))(x for x in p if not isinstance(x, BridgeError))\n",
        wire.test_a_bad_part_costs_itself_alone,
        {"case": "no UTF-8", "place": 0},
    ),
    Mutant(
        "a_large_answer_overtakes_small_ones",
        _B,
        "if len(message) > PART_BYTES or len(parts) == MOST_PARTS:",
        "if len(parts) == MOST_PARTS:",
        outbox.test_large_answers_keep_their_place_between_bundles,
    ),
    Mutant(
        "bundles_are_half_full",
        _B,
        "or len(parts) == MOST_PARTS:",
        "or len(parts) == MOST_PARTS // 2:",
        outbox.test_an_entry_of_several_messages_is_split_where_a_bundle_is_full,
    ),
    Mutant(
        "a_lone_answer_is_a_bundle",
        _B,
        "        if len(parts) == 1:\n",
        "        if False:\n",
        outbox.test_what_waits_for_the_transport_goes_as_one_message,
    ),
    Mutant(
        "a_bundle_has_any_size",
        _O,
        "filled < MOST_BYTES and ",
        "",
        outbox.test_a_bundle_is_bounded_in_parts_and_in_bytes,
    ),
    Mutant(
        "opened_is_in_a_bundle",
        _O,
        "        joiner = None\n        while True:\n",
        "        joiner = self._joiner\n        while True:\n",
        outbox.test_opened_is_in_no_bundle_though_more_waits,
    ),
    Mutant(
        "bundles_are_confirmed_to_whoever_wants_them",
        _C,
        "request.wants_bundles and session.minor >= _KNOWS_BUNDLES",
        "request.wants_bundles",
        agreement.test_bundles_are_confirmed_to_a_client_that_wants_and_knows_them,
    ),
    Mutant(
        "a_bundle_that_nobody_agreed_to_is_taken",
        _S,
        "if not self._bundles:",
        "if False:",
        agreement.test_a_stream_keeps_to_what_was_agreed_when_it_was_opened,
    ),
    Mutant(
        "a_bad_part_ends_the_stream",
        _S,
        "            exchange.refuse(part)\n",
        "            raise part\n",
        parts.test_what_is_around_a_bad_part_is_answered,
    ),
    Mutant(
        "parts_are_heard_from_the_last",
        _S,
        "    for place, part in enumerate(parts):\n",
        "    for place, part in enumerate(reversed(parts)):\n",
        order.test_parts_are_heard_one_after_the_other,
    ),
    Mutant(
        "parts_arrive_one_after_the_other",
        _S,
        "exchange.hear(part, arrival)",
        "exchange.hear(part, clock())",
        recorded.test_a_recording_holds_the_same_with_bundles_and_without,
    ),
    Mutant(
        "a_turn_has_room_for_all",
        bridge.streams.loop_turns,
        "min(wanted, PARTS_A_TURN - heard)",
        "wanted",
        turns.test_the_streams_of_an_identity_share_its_part_of_a_turn,
    ),
    Mutant(
        "an_identity_fills_the_table",
        bridge.device.listeners,
        " or mine >= policy.max_jobs_per_identity",
        "",
        driver.test_an_identity_does_not_fill_the_table_while_a_slice_runs,
    ),
    Mutant(
        "a_bad_probe_costs_them_all",
        _C,
        "        except BridgeError as error:\n            nonce",
        "        except ZeroDivisionError as error:\n            nonce",
        probe.test_a_bad_probe_costs_only_itself,
    ),
    Mutant(
        "an_answer_to_a_probe_is_larger_than_a_part",
        _C,
        "return _JOINER.joined(answers)",
        "return [_JOINER.join(answers)]",
        probe.test_an_answer_too_large_for_a_part_comes_by_itself,
    ),
)
