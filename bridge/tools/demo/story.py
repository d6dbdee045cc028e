"""Plays the demo's conversations, and records what was said and how fast."""

import asyncio
import time
from dataclasses import dataclass, field, replace

from bridge.client import Dialogue, Done, Sentence, Token
from bridge.client.turn import Event
from bridge.errors import BridgeError
from bridge.tools.demo.counters import Counters
from bridge.tools.demo.script import CUT_IN_AFTER_TOKENS, OVERTIME, SAMPLING, SENTENCES, Character


@dataclass(slots=True)
class Exchange:
    """One line of a player and the reply to it. `tokens_per_second` is after the first token.

    `finish` is empty while the reply is running, then as in Done, or "enough" if the game ended it after SENTENCES
    sentences, or "failed: " and the reason.
    """

    line: str
    reply: str = ""
    finish: str = ""
    first_token: float = 0.0
    tokens: int = 0
    late_tokens: int = 0
    tokens_per_second: float = 0.0
    done: Done | None = None
    sentences: list[str] = field(default_factory=list)
    first_at: float = 0.0

    @property
    def wait(self) -> float:
        """Seconds to wait before repeating a line that a busy server refused; 0 if it did not."""
        return self.done.failure.retry_after if self.done is not None and self.done.failure is not None else 0.0

    def hear(self, event: Event) -> None:
        """Take an event of the turn."""
        if isinstance(event, Token):
            self._hear_token(event)
        elif isinstance(event, Sentence):
            self.sentences.append(event.text)
            if len(self.sentences) == SENTENCES:
                self.reply, self.finish = " ".join(self.sentences), "enough"
        else:
            self.done, self.first_token = event, event.first_token
            self.finish = self.finish or event.finish

    def _hear_token(self, token: Token) -> None:
        now = time.perf_counter()
        self.first_at = self.first_at or now
        self.tokens += 1
        self.late_tokens += token.late
        if not self.finish:
            self.reply += token.text
        if self.tokens > 1:
            self.tokens_per_second = (self.tokens - 1) / (now - self.first_at)

    def count(self, counters: Counters) -> None:
        """Count a turn that is over, by the time of its first token."""
        assert self.done is not None
        if self.done.failure is not None:
            counters.unanswered(self.done.failure)
            return
        counters.note(self.first_token, self.done.timing)
        if self.first_token <= counters.budget:
            counters.on_time += 1
        else:
            counters.missed += 1


@dataclass(slots=True)
class Conversation:
    """One character's conversation."""

    character: Character
    exchanges: list[Exchange] = field(default_factory=list)

    async def play(self, talk: Dialogue, counters: Counters, until: float) -> None:
        """Say the lines one by one, each after the previous reply, until the time is up. A line that a busy server
        refuses is repeated after the wait that it asked for.
        """
        number = 0
        while number < len(self.character.lines) and time.perf_counter() < until:
            exchange = Exchange(self.character.lines[number])
            self.exchanges.append(exchange)
            cut_in = number == self.character.cut_in
            await self._exchange(talk, exchange, counters, until + OVERTIME, cut_in=cut_in, seed=100 + number)
            if exchange.wait:
                self.exchanges.remove(exchange)
                await asyncio.sleep(min(exchange.wait, max(0.0, until - time.perf_counter())))
            else:
                number += 1

    async def _exchange(
        self, talk: Dialogue, exchange: Exchange, counters: Counters, end: float, *, cut_in: bool, seed: int
    ) -> None:
        counters.sent += 1
        persona, sampling = self.character.persona, replace(SAMPLING, seed=seed)
        try:
            turn = talk.say(
                self.character.name, exchange.line, persona=persona, sampling=sampling, budget=counters.budget
            )
            async for event in turn:
                exchange.hear(event)
                said_enough = isinstance(event, Sentence) and len(exchange.sentences) == SENTENCES
                cuts_in = cut_in and isinstance(event, Token) and exchange.tokens == CUT_IN_AFTER_TOKENS
                if said_enough or cuts_in or time.perf_counter() > end:
                    turn.interrupt()
        except BridgeError as error:
            exchange.finish = f"failed: {error}"
            counters.failed += 1
        else:
            exchange.count(counters)
