"""The event loop woken from another thread, through a socket and without one."""

import asyncio
import threading

import pytest

from bridge.doorbell import Doorbell


def never_watches(*args: object) -> None:
    raise NotImplementedError


@pytest.mark.parametrize("watches", [True, False])
def test_a_ring_is_heard(watches: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        if not watches:
            monkeypatch.setattr(loop, "add_reader", never_watches)
        heard = asyncio.Event()
        bell = Doorbell(loop, heard.set)
        for _ in range(3):
            thread = threading.Thread(target=bell.ring)
            thread.start()
            assert await asyncio.wait_for(heard.wait(), 10)
            thread.join()
            heard.clear()
        bell.close()

    asyncio.run(main())


def test_more_rings_than_the_socket_holds_are_heard_as_one() -> None:
    async def main() -> None:
        heard = asyncio.Event()
        bell = Doorbell(asyncio.get_running_loop(), heard.set)
        for _ in range(100_000):
            bell.ring()
        assert await asyncio.wait_for(heard.wait(), 10)
        bell.close()

    asyncio.run(main())


@pytest.mark.parametrize("watches", [True, False])
def test_a_ring_that_nobody_will_hear_is_told_so(watches: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    bells = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        if not watches:
            monkeypatch.setattr(loop, "add_reader", never_watches)
        bells.append(Doorbell(loop, lambda: None))
        bells[0].close()

    asyncio.run(main())
    with pytest.raises(ConnectionError):
        bells[0].ring()
