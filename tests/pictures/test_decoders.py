"""The workers for pictures: each is given something new when it is free, and nothing once the server has closed."""

import asyncio
import threading
from typing import Any

import pytest

from bridge.config import Limits
from bridge.errors import ModelFailed
from bridge.pictures.decode_queue import Ticket
from bridge.pictures.decoders import Decoders, Work
from bridge.policy.work import Owner
from tests.conftest import Run
from tests.waiting import until

OWNER = Owner("a", "a1")


class Workshop:
    """One worker, held by its first picture until `release`."""

    def __init__(self) -> None:
        self.decoders = Decoders(1, Limits())
        self.release = threading.Event()
        self.ran: list[int] = []
        self.heard: list[Any] = []

    def ask(self, number: int, failure: Exception | None = None) -> None:
        def run() -> int:
            self.ran.append(number)
            assert self.release.wait(20)
            if failure is not None:
                raise failure
            return number

        self.decoders.ask(Ticket(OWNER), float(number), 0.001, lambda: Work(run, self.heard.append))


def test_a_worker_that_is_free_again_goes_on_whatever_came_of_its_picture(run: Run) -> None:
    async def scenario() -> None:
        shop = Workshop()
        for number in range(3):
            shop.ask(number, ValueError("broken") if number == 0 else None)
        shop.release.set()
        await until(lambda: len(shop.heard) == 3)
        assert shop.ran == [0, 1, 2]
        assert "could not be processed" in str(shop.heard[0])
        shop.decoders.close()

    run(scenario())


def test_what_has_come_to_nothing_keeps_no_worker(run: Run) -> None:
    async def scenario() -> None:
        shop = Workshop()
        shop.release.set()
        for number in range(3):
            shop.decoders.ask(Ticket(OWNER), float(number), 0.001, lambda: None)
        shop.ask(3)
        await until(lambda: shop.heard == [3])
        shop.decoders.close()

    run(scenario())


def test_nothing_begins_once_the_server_has_closed(run: Run) -> None:
    async def scenario() -> None:
        wrong, loop = list[Any](), asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: wrong.append(context))
        shop = Workshop()
        shop.ask(0)
        shop.ask(1)
        shop.decoders.close()
        shop.release.set()
        await until(lambda: shop.heard == [0])
        await asyncio.sleep(0)
        shop.ask(2)
        loop.set_exception_handler(None)
        assert shop.ran == [0]
        assert not wrong

    run(scenario())


@pytest.mark.parametrize("back", [True, False])
def test_a_ticket_that_is_asked_for_again_as_it_begins_is_charged_once(run: Run, back: bool) -> None:
    """A camera whose picture came to nothing goes on with its next one in the same round."""

    async def scenario() -> None:
        shop = Workshop()
        shop.release.set()
        ticket, begun = Ticket(OWNER), list[int]()

        def begin() -> Work | None:
            begun.append(len(begun))
            if len(begun) < 3 and back:
                shop.decoders.ask(ticket, 1.0, 0.5, begin)
            return None

        shop.decoders.ask(ticket, 1.0, 0.001, begin)
        assert len(begun) == (3 if back else 1)
        assert not shop.decoders.queued
        shop.decoders.close()

    run(scenario())


def test_what_is_read_at_once_needs_no_worker_and_may_fail_as_well(run: Run) -> None:
    def fails() -> None:
        raise ValueError("broken")

    async def scenario() -> None:
        decoders, heard = Decoders(1, Limits()), list[Any]()
        decoders.answer(Work(lambda: 7, heard.append), at_once=True)
        decoders.answer(Work(fails, heard.append), at_once=True)
        assert heard[0] == 7
        assert isinstance(heard[1], ModelFailed)
        decoders.close()

    run(scenario())
