"""The two conversations as they go: which player said what, what was answered, and how fast."""

import time
from dataclasses import dataclass, field, replace

from bridge.client import Dialogue, Done, Token
from bridge.demo.script import CUT_IN_AFTER_TOKENS, SAMPLING, Character
from bridge.demo.tally import Tally
from bridge.errors import BridgeError


@dataclass(slots=True)
class Exchange:
    """One line of a player and the reply to it. `tokens_per_second` is after the first token."""

    line: str
    reply: str = ""
    finish: str = ""
    first_token: float = 0.0
    tokens: int = 0
    late_tokens: int = 0
    tokens_per_second: float = 0.0


@dataclass(slots=True)
class Conversation:
    """One character's conversation."""

    character: Character
    exchanges: list[Exchange] = field(default_factory=list)

    async def play(self, talk: Dialogue, tally: Tally, until: float) -> None:
        """Say one line after the other, each when the one before is answered, until the time is up or all are said."""
        for number, line in enumerate(self.character.lines):
            if time.perf_counter() >= until:
                return
            exchange = Exchange(line)
            self.exchanges.append(exchange)
            await self._exchange(talk, exchange, tally, cut_in=number == self.character.cut_in, seed=100 + number)

    async def _exchange(self, talk: Dialogue, exchange: Exchange, tally: Tally, *, cut_in: bool, seed: int) -> None:
        tally.sent += 1
        began = 0.0
        try:
            turn = talk.say(
                self.character.name,
                exchange.line,
                persona=self.character.persona,
                sampling=replace(SAMPLING, seed=seed),
                budget=tally.budget,
            )
            async for event in turn:
                if isinstance(event, Token):
                    began = began or time.perf_counter()
                    exchange.reply += event.text
                    exchange.tokens += 1
                    exchange.late_tokens += event.late
                    if cut_in and exchange.tokens == CUT_IN_AFTER_TOKENS:
                        turn.interrupt()
                elif isinstance(event, Done):
                    _close(exchange, event, time.perf_counter() - began, tally)
        except BridgeError as error:
            exchange.finish = f"failed: {error}"
            tally.failed += 1


def _close(exchange: Exchange, done: Done, spoken: float, tally: Tally) -> None:
    exchange.finish = done.finish
    exchange.first_token = done.first_token
    if done.failure is not None:
        tally.unanswered(done.failure)
        return
    if exchange.tokens > 1 and spoken > 0:
        exchange.tokens_per_second = (exchange.tokens - 1) / spoken
    tally.note(done.first_token, done.timing)
    if done.first_token <= tally.budget:
        tally.on_time += 1
    else:
        tally.missed += 1
