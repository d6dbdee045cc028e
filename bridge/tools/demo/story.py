"""Plays the demo's conversations, and records what was said, on which grounds, and how fast."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import models.npc
from bridge.client import Dialogue, Done, Npc, Player, Sampling, Sentence, Token
from bridge.client.npc import Handler
from bridge.client.turn import Event
from bridge.errors import BridgeError
from bridge.tools.demo.counters import Counters
from bridge.tools.demo.script import (
    LOADING_LINE,
    LOADING_SECONDS,
    OVERTIME,
    PLAYER,
    SAMPLING,
    SENTENCES,
    Character,
)

_EXAMPLES = Path(models.npc.__file__).with_name("examples")
FREE = "free"  # the stage of a sentence that the model has said


@dataclass(slots=True)
class Exchange:
    """One line of a player and the reply to it. `first_token` is seconds until the player read something;
    `tokens_per_second` is of the whole turn, and 0 if the model said nothing of it.

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
    sentences: list[Sentence] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    @property
    def wait(self) -> float:
        """Seconds to wait before repeating a line that a busy server refused; 0 if it did not."""
        return self.done.failure.retry_after if self.done is not None and self.done.failure is not None else 0.0

    def hear(self, event: Event) -> None:
        """Take an event of the turn."""
        if isinstance(event, Token):
            self._hear_token(event)
        elif isinstance(event, Sentence):
            self.sentences.append(event)
            if len(self.sentences) == SENTENCES:
                self.finish = "enough"
        else:
            self._end(event)

    def _hear_token(self, token: Token) -> None:
        self.late_tokens += token.late
        if not self.finish:
            self.reply += token.text

    def _end(self, done: Done) -> None:
        self.done, self.first_token = done, done.first_token
        self.finish = self.finish or done.finish
        self.tokens = done.reply_tokens
        by_model = any(one.grounds is None or one.grounds.stage == FREE for one in self.sentences)
        if by_model and self.tokens and done.elapsed:
            self.tokens_per_second = self.tokens / done.elapsed

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


def file_of(character: Character) -> Path:
    """The file of a character, as it ships."""
    return _EXAMPLES / f"{character.npc}.toml"


@dataclass(slots=True)
class Conversation:
    """One character's conversation."""

    character: Character
    exchanges: list[Exchange] = field(default_factory=list)
    npc: Npc = field(init=False)

    def __post_init__(self) -> None:
        self.npc = Npc.read(file_of(self.character))

    async def meet(self, talk: Dialogue) -> None:
        """Have the server read the character before the game begins, as a game does while it loads: its facts are then
        in the cache of every conversation with it. What goes wrong here goes wrong in the game too, and counts there.
        """
        name, sampling = f"{self.character.name}, loading", Sampling(max_tokens=1)
        with suppress(BridgeError):
            await talk.say(name, LOADING_LINE, npc=self.npc, sampling=sampling, budget=LOADING_SECONDS).reply()
            talk.forget(name)

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
        try:
            turn = talk.say(
                self.character.name,
                exchange.line,
                npc=self.npc,
                player=Player(PLAYER),
                actions=self._actions(exchange),
                sampling=replace(SAMPLING, seed=seed),
                budget=counters.budget,
                trace=True,
            )
            async for event in turn:
                exchange.hear(event)
                said_enough = isinstance(event, Sentence) and (cut_in or len(exchange.sentences) == SENTENCES)
                if said_enough or time.perf_counter() > end:
                    turn.interrupt()
        except BridgeError as error:
            exchange.finish = f"failed: {error}"
            counters.failed += 1
        else:
            exchange.count(counters)

    def _actions(self, exchange: Exchange) -> dict[str, Handler]:
        """The game's part of the NPC's actions: they are noted, and always succeed."""

        async def act(name: str, **arguments: Any) -> str | None:
            listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
            exchange.actions.append(f"{name}({listed})")
            return self.character.results.get(name)

        return {action.name: partial(act, action.name) for action in self.npc.message.actions}
