"""Shared memory without a server: what is put is read, and what is freed is gone."""

from bridge.client.link.shared import SharedMemory as Attached
from bridge.sessions.shared_memory import SharedMemory
from tests.conftest import Run
from tests.serving.client import A


def alone(size: int = 1 << 14) -> tuple[SharedMemory, Attached]:
    memory = SharedMemory(size, 30.0)
    attached = Attached.attach(memory.offer())
    assert attached is not None
    return memory, attached


def test_what_is_put_is_read(run: Run) -> None:
    async def scenario() -> None:
        memory, attached = alone()
        first, second = memory.put(b"first"), memory.put(memoryview(b"the second"))
        assert first is not None
        assert second is not None
        assert first.offset_bytes >= 24
        assert attached.read(first, 5) == b"first"
        assert attached.read(second, 10) == b"the second"
        attached.release()
        memory.close()

    run(scenario())


def test_a_place_given_back_or_used_again_is_gone_for_who_comes_late(run: Run) -> None:
    async def scenario() -> None:
        memory, attached = alone()
        first = memory.put(b"first")
        assert first is not None
        memory.give_back(first)
        assert attached.read(first, 5) is None
        again = memory.put(b"again")
        assert again is not None
        assert again.offset_bytes == first.offset_bytes
        assert attached.read(first, 5) is None
        assert attached.read(again, 5) == b"again"
        attached.release()
        memory.close()

    run(scenario())


def test_a_place_within_an_earlier_one_is_noticed(run: Run) -> None:
    async def scenario() -> None:
        memory, attached = alone()
        large = memory.put(bytes(4000))
        assert large is not None
        memory.give_back(large)
        small = [memory.put(b"x" * 100) for _ in range(5)]  # the stamp of the first lies where the large one's was
        assert None not in small
        assert attached.read(large, 4000) is None
        attached.release()
        memory.close()

    run(scenario())


def test_stamps_of_another_memory_do_not_match(run: Run) -> None:
    async def scenario() -> None:
        (one, attached), (other, beside) = alone(), alone()
        place, same_place = one.put(b"one"), other.put(b"two")
        assert place is not None
        assert same_place is not None
        assert place.offset_bytes == same_place.offset_bytes
        assert beside.read(place, 3) is None
        for each in (attached, beside):
            each.release()
        one.close()
        other.close()

    run(scenario())


def test_full_memory_says_so_and_closed_memory_takes_nothing(run: Run) -> None:
    async def scenario() -> None:
        memory, attached = alone(1 << 14)
        places = []
        while (place := memory.put(bytes(3000))) is not None:
            places.append(place)
        assert len(places) == 5
        memory.give_back(places[2])
        assert memory.put(bytes(3001)) is None
        again = A.SharedPayload(offset_bytes=places[2].offset_bytes, stamp=places[-1].stamp + 1)
        assert memory.put(bytes(3000)) == again
        memory.close()
        assert memory.put(b"x") is None
        memory.give_back(places[0])
        memory.close()
        attached.release()

    run(scenario())
