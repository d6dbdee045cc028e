"""However a client cuts what it sends into bundles, it hears the same, and what is bad among it costs nothing else.

While the device is held nothing starts, so that what becomes of each request follows from the messages alone. Otherwise
a request may also be superseded or not, as time has it: then each has one answer, and what is invalid is the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.v1 import error_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.conftest import Run
from tests.serving.bundles import AGREED, MINOR_4, Inbox, bundle
from tests.serving.client import A, acknowledge, ask, connected, look
from tests.serving.server import FakeServer

BAD = (b"", b"\xff\xff", A.StreamAvatarRequest(bundle={}).SerializeToString(), bytes(4609))
SLOTS, INDICES = st.integers(0, 2), st.integers(-1, 9)
MESSAGES = st.one_of(
    st.builds(look, SLOTS, st.integers(0, 9)),
    st.builds(ask, INDICES, SLOTS),
    st.builds(ask, INDICES, SLOTS, st.integers(0, 3)),
    st.builds(acknowledge, INDICES, SLOTS),
    st.builds(lambda slot: A.StreamAvatarRequest(close_slot={"slot": slot}), SLOTS),
    st.builds(lambda slot: A.StreamAvatarRequest(unsubscribe={"slot": slot}), SLOTS),
    st.sampled_from(
        [
            look(64),
            ask(1, -1),
            A.StreamAvatarRequest(
                look={"slot": 1, "look": {"expression": {"name": "happy", "intensity": float("nan")}}}
            ),
            A.StreamAvatarRequest(look={"slot": 1, "look": {"attributes": [{"name": "hat", "value": "top"}]}}),
        ]
    ),
)
PLAYS = st.lists(st.tuples(MESSAGES, st.booleans(), st.one_of(st.none(), st.sampled_from(BAD))), max_size=40)
END = A.StreamAvatarRequest(unsubscribe={"slot": -1})  # is answered at once: all before it has been heard


def cut(play: Sequence[tuple[Any, bool, bytes | None]]) -> Iterator[Any]:
    """The messages in bundles; a new one begins where the play says so, and bad parts ride along."""
    parts: list[Any] = []
    for message, begins, bad in play:
        if parts and (begins or len(parts) > 60):
            yield bundle(*parts)
            parts = []
        parts += [message] if bad is None else [bad, message]
    if parts:
        yield bundle(*parts)


def told(message: Any, *, held: bool) -> tuple[Any, ...]:
    """What a message says to its client, as far as that does not depend on time."""
    body: Any = getattr(message, message.WhichOneof("message"))
    outcome = body.outcome if message.HasField("status") else None
    if outcome is not None and outcome.disposition == error_pb2.DISPOSITION_INVALID:
        return body.slot, body.frame_index, outcome.error.reason, outcome.error.message
    if not held:
        return body.slot, body.frame_index, "answered"
    return body.slot, body.frame_index, outcome.disposition if outcome is not None else bytes(body.payload)


async def heard(server: FakeServer, messages: Sequence[Any], *, held: bool, **agreed: Any) -> Counter[Any]:
    """All that a new client hears of these messages."""
    async with connected(server.port, **agreed) as client:
        call = await client.open_avatars()
        inbox, answers = Inbox(call), list[Any]()
        async with AsyncExitStack() as stack:
            if held:
                await stack.enter_async_context(device_held(server))
            for message in (*messages, END):
                await call.write(message)
            while (answer := await inbox.read()).status.slot != -1 or answer.status.frame_index:
                answers.append(answer)
        await call.done_writing()
        answers += await inbox.rest()
        return Counter(told(answer, held=held) for answer in answers)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(play=PLAYS, held=st.booleans())
def test_a_client_hears_the_same_however_it_cuts_its_messages(
    run: Run, small: FakeServer, play: Sequence[Any], held: bool
) -> None:
    bad = Counter(each for _, _, each in play if each is not None)

    async def scenario() -> None:
        singly = await heard(small, [message for message, _, _ in play], held=held, protocol=MINOR_4)
        bundled = await heard(small, list(cut(play)), held=held, **AGREED)
        asked = sum(message.WhichOneof("message") == "frame" for message, _, _ in play)
        of_frames = sum(count for each, count in singly.items() if each[1] or each[2] == "answered")
        assert of_frames <= asked
        assert not singly - bundled, "nothing is lost"
        more = bundled - singly
        assert more.total() == bad.total(), "and each bad part has a status"
        assert all(each[:2] == (0, 0) for each in more)

    run(scenario())
