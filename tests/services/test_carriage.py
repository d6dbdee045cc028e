"""What a payload takes of a budget: by its size, by the rung that makes it, and nothing through shared memory."""

import numpy as np
import pytest

from bridge.codecs.formats import TextureFormat
from bridge.codecs.textures import available, encode
from bridge.config import Limits
from bridge.errors import OutOfRange
from bridge.services.bounds import Worth, worth_of
from bridge.services.carriage import Carriage, expected_bytes
from bridge.services.shared_memory import SharedMemory
from bridge.v1 import error_pb2, media_pb2, timing_pb2
from bridge.work import Rung
from tests.conftest import Run
from tests.services.client import ask, connected, look, read
from tests.services.conftest import FakeServer

RAW = media_pb2.TEXTURE_FORMAT_RGBA32
SLOW = Worth(budget=0.1, rate=1_000_000.0)
LADDER = [Rung("avatar.64", "avatar.64"), Rung("avatar.32", "avatar.32"), Rung("repeat")]
PICTURE = np.zeros((16, 16, 4), np.uint8)


def test_a_payload_takes_its_bytes_over_the_rate() -> None:
    assert SLOW.carrying(250_000) == 0.25
    assert Worth(0.1).carrying(250_000) == 0.0
    assert SLOW.here == 0.1  # the payload's part is taken off once its size is known


def test_the_rate_is_read_from_the_budget_and_checked() -> None:
    worth = worth_of(timing_pb2.Budget(link_bytes_per_second=3_000_000), 0.05, Limits())
    assert worth.rate == 3_000_000.0
    with pytest.raises(OutOfRange, match="link_bytes_per_second is -1; send 0"):
        worth_of(timing_pb2.Budget(link_bytes_per_second=-1), 0.05, Limits())


def test_each_rung_lags_by_its_own_payload() -> None:
    rungs = Carriage(None, 1 << 18).lagged(LADDER, SLOW, RAW, PICTURE)
    assert [rung.lag for rung in rungs] == [0.016384, 0.004096, 0.001024]
    assert [rung.name for rung in rungs] == [rung.name for rung in LADDER]
    nothing_to_repeat = Carriage(None, 1 << 18).lagged(LADDER, SLOW, RAW, None)
    assert nothing_to_repeat[2].lag == 0.0


def test_where_the_rate_is_not_known_nothing_lags() -> None:
    assert Carriage(None, 1 << 18).lagged(LADDER, Worth(0.1), RAW, PICTURE) == LADDER


def test_through_shared_memory_nothing_lags(run: Run) -> None:
    async def scenario() -> None:
        carriage = Carriage(SharedMemory(1 << 16, 30.0), 1 << 18)
        assert [rung.lag for rung in carriage.lagged(LADDER, SLOW, RAW, PICTURE)] == [0.0, 0.0, 0.0]
        assert carriage.seconds(SLOW, 1 << 20) == 0.0
        carriage.close()

    run(scenario())


@pytest.mark.parametrize("side", [1, 30, 64])
@pytest.mark.parametrize("form", [form for form in available() if not form.is_file], ids=lambda form: form.value)
def test_the_bytes_expected_are_those_that_encoders_make(form: TextureFormat, side: int) -> None:
    value = media_pb2.TextureFormat.Value(f"TEXTURE_FORMAT_{form.name}")
    picture = np.zeros((side, side, 4), np.uint8)
    assert expected_bytes(value, side, side) == len(encode(picture, form))


@pytest.mark.parametrize("value", [media_pb2.TEXTURE_FORMAT_PNG, media_pb2.TEXTURE_FORMAT_WEBP])
def test_a_file_is_expected_below_its_pixels(value: media_pb2.TextureFormat) -> None:
    assert 0 < expected_bytes(value, 64, 64) < expected_bytes(RAW, 64, 64)


def test_a_budget_that_the_payload_alone_takes_is_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            for index, rate, answered in ((1, 0, True), (2, 1_000_000_000, True), (3, 8_000, False)):
                budget = timing_pb2.Budget(
                    budget_micros=2_000_000,
                    link_bytes_per_second=rate,
                    ladder=timing_pb2.LADDER_POLICY_BEST_ONLY,
                )
                await call.write(ask(index, received=index - 1, budget=budget))
                answer = await read(call)
                assert (answer.WhichOneof("message") == "frame") is answered
            outcome = answer.status.outcome  # 16 KiB at 8 kB/s take 2.05 s
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE

    run(scenario())
