"""Which dialogue replies are admitted, and whose prompt runs next.

A reply is admitted with all that it will need: its share of the device at its pace, and its positions in the KV cache.
So no reply is ever evicted, and one that cannot be served is refused at once, with an estimate of when to retry. A
prompt is admitted if its first token can be on time behind the prompts ahead of it. With nothing in its way it is
admitted anyway: a slow machine then answers late rather than never.

On a device prompts run one at a time, by fair share on two levels: the identity with the fewest replies in progress,
then its session with the fewest. The less is left, the less one identity or session may take: a newcomer finds room
however many conversations another client has.

For a remote model a reply needs one request to the endpoint, all of them run at once, and nothing is forecast.

Pure: times are arguments.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bridge.errors import Overloaded
from bridge.policy.forecast import Forecast
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Owner

_FILL = 0.85  # share of the device that tokens may take at their pace; prompts need the rest
_AT_ONCE = 1  # prompts on the device at once; the others can still be reordered
_SESSION, _IDENTITY = 3.0, 7.0  # a session, or an identity, may take this many times what is left
_ANYHOW = 2  # replies always allowed to a session while they fit: on a slow machine two take most of it
_LEAST_PACE = 0.05  # seconds; demand for tokens faster than anybody reads is not counted
_USUAL_TOKENS = 48.0  # tokens of a reply, before any has been seen
_LEARN = 0.1
_FASTER = 0.6  # replies faster than their pace may claim this share of what they take
_DOUBT = 1.6  # safety factor on the predicted time of prompts
_PATIENT = 0.5  # share of the first-token budget during which a prompt lets more urgent ones pass
_FIRST = 0.75  # share of the first-token budget to plan with: more replies may start meanwhile
_KEPT = 0.85  # the same, for prompts that already wait
_OWN = 0.65  # the same, for a session with other prompts waiting
_WAIT = (0.1, 30.0)  # bounds of the suggested retry delay
_LOAD_SECONDS = 0.5  # decay of the load from frames


@dataclass(slots=True, eq=False)
class Ask:
    """One reply: what it needs and its progress. `begin` is called when its prompt may go to the device."""

    owner: Owner
    begin: Callable[[], None]
    arrival: float
    due: float = NEVER  # deadline of its first token
    pace: float = 0.2
    chunks: int = 1  # runs its prompt takes
    room: int = 1  # positions it reserves in the KV cache
    began: bool = False
    tokens: int = 0  # produced so far


class Replies:
    """Replies from admission to end."""

    def __init__(
        self, policy: Policy | None = None, *, at_once: int = _AT_ONCE, needed: str = "the dialogue model's memory"
    ) -> None:
        self.room = 0  # positions in the KV cache, or what else `needed` names; 0 if unknown
        self._policy = policy or Policy()
        self._at_once, self._needed = at_once, needed
        self._open: list[Ask] = []
        self._usual = _USUAL_TOKENS

    def __len__(self) -> int:
        return len(self._open)

    def waiting(self, now: float) -> list[Ask]:
        """Replies whose prompts wait for the device, in order."""
        return self._in_order([ask for ask in self._open if not ask.began], now)

    # -- admission -----------------------------------------------------------------------------------------------------

    def admit(self, ask: Ask, now: float, forecast: Forecast | None) -> None:
        """Admit a reply. Overloaded, with the time to wait, if it cannot be sustained or cannot start in time."""
        self.check(ask, now, forecast)
        self._open.append(ask)

    def check(self, ask: Ask, now: float, forecast: Forecast | None, instead_of: Ask | None = None) -> None:
        """Check whether a reply could be admitted now, in place of the one that it interrupts, if any."""
        whole, self._open = self._open, [one for one in self._open if one is not instead_of]
        try:
            self._check(ask, now, forecast)
        finally:
            self._open = whole

    def _check(self, ask: Ask, now: float, forecast: Forecast | None) -> None:
        open_now = [*self._open, ask]
        if self.room and self._takes_too_much(ask, {id(one): one.room / self.room for one in open_now}):
            raise self._refusal(f"the conversations in progress need all of {self._needed}", now, forecast)
        if forecast is None:
            return
        if self._takes_too_much(ask, self._parts(open_now, now, forecast)):
            raise self._refusal("the replies in progress need all of the device to keep their pace", now, forecast)
        self._check_prompts(ask, now, forecast)

    def _check_prompts(self, ask: Ask, now: float, forecast: Forecast) -> None:
        """Check that its first token can be on time without making earlier prompts late. A session with prompts already
        waiting gets less of the budget.
        """
        ahead = [one for one in self._open if one.began and not one.tokens]
        line = [*ahead, *self._in_order([*(one for one in self._open if not one.began), ask], now)]
        crowds = any(one.owner == ask.owner for one in line if one is not ask)
        latest = ask.arrival + (ask.due - ask.arrival) * (_OWN if crowds else _FIRST)
        speaks = any(one.tokens for one in self._open)
        at, passed = now + forecast.steps[0], False
        for one in line:
            chunk = self._chunk_seconds(now, forecast, speaks=speaks)
            at, speaks = at + chunk * one.chunks, True
            passed = passed or one is ask
            if one is ask and len(line) > 1 and at > latest:
                raise _overloaded("earlier prompts would make this one's first token late", at - latest)
            kept = one.arrival + (one.due - one.arrival) * _KEPT
            if passed and one is not ask and at > kept and one.due >= at - chunk * ask.chunks:
                raise _overloaded("prompts already waiting would be late", at - one.due)

    def _takes_too_much(self, ask: Ask, parts: dict[int, float]) -> bool:
        """Whether demand exceeds supply, or one session or identity takes too much of it."""
        if len(self._open) == 0:
            return False
        others = self._open
        mine = [one for one in others if one.owner == ask.owner]
        ours = [one for one in others if one.owner.identity == ask.owner.identity]
        left = 1.0 - sum(parts.values())
        if left < 0:
            return True
        session = sum(parts[id(one)] for one in [*mine, ask])
        identity = sum(parts[id(one)] for one in [*ours, ask])
        return (len(mine) >= _ANYHOW and session > _SESSION * left) or (bool(ours) and identity > _IDENTITY * left)

    def _parts(self, asks: list[Ask], now: float, forecast: Forecast) -> dict[int, float]:
        """Each reply's share of the time available to tokens."""
        row = forecast.steps[min(len(asks), len(forecast.steps)) - 1] / min(len(asks), len(forecast.steps))
        time = _FILL * self._soft(now, forecast)
        return {id(ask): row / max(ask.pace, _LEAST_PACE) / time for ask in asks}

    def _soft(self, now: float, forecast: Forecast) -> float:
        """The share of the device left by frames."""
        hard = forecast.hard * math.exp(min(0.0, forecast.at - now) / _LOAD_SECONDS)
        return max(self._policy.soft_share, 1.0 - hard)

    def _chunk_seconds(self, now: float, forecast: Forecast, *, speaks: bool) -> float:
        """How long one run of a prompt takes beside the replies in progress.

        These take what their pace needs, or more if they have been faster: the policy's stretch.
        """
        soft = self._soft(now, forecast)
        talk = _FILL * soft * sum(self._parts(self._open, now, forecast).values()) if self._open else 0.0
        rate = soft - talk
        if speaks:
            rate = min(rate, soft * (1 - _FASTER / self._policy.stretch))
        return _DOUBT * forecast.chunk / max(rate, (1 - _FILL) * soft)

    def _refusal(self, sentence: str, now: float, forecast: Forecast | None) -> Overloaded:
        """Refuse until the next reply should end, judged by the usual length of a reply."""
        left = min((max(self._usual - one.tokens, self._usual / 4) for one in self._open), default=0.0)
        gap = _LEAST_PACE
        if forecast is not None:
            rows = min(len(self._open), len(forecast.steps))
            gap = forecast.steps[rows - 1] * len(self._open) / rows / self._soft(now, forecast)
        return _overloaded(sentence, left * gap)

    # -- the line ------------------------------------------------------------------------------------------------------

    def advance(self, now: float) -> None:
        """Start the prompts whose turn it is."""
        while sum(one.began and not one.tokens for one in self._open) < self._at_once:
            waiting = self.waiting(now)
            if not waiting:
                return
            waiting[0].began = True
            waiting[0].begin()

    def spoke(self, ask: Ask, now: float) -> None:
        """Record a token; after a reply's first one the next prompt may start."""
        ask.tokens += 1
        if ask.tokens == 1:
            self.advance(now)

    def leave(self, ask: Ask, now: float) -> None:
        """Remove a reply that has ended or was cancelled. Idempotent."""
        if ask not in self._open:
            return
        self._open.remove(ask)
        if ask.tokens:
            self._usual += _LEARN * (ask.tokens - self._usual)
        self.advance(now)

    def _in_order(self, waiting: list[Ask], now: float) -> list[Ask]:
        """Fair-share order: always a prompt of whoever has the fewest replies by then. Prompts that have used up most
        of their budget go first, or a run of newcomers would break the promise made to them.
        """
        began = [one.owner for one in self._open if one.began]
        identities: dict[str, int] = {}
        sessions: dict[Owner, int] = {}
        for owner in began:
            identities[owner.identity] = identities.get(owner.identity, 0) + 1
            sessions[owner] = sessions.get(owner, 0) + 1
        line: list[Ask] = []
        rest = list(waiting)
        while rest:
            following = min(
                rest,
                key=lambda one: (
                    (0, 0, one.arrival)
                    if now > one.arrival + _PATIENT * (one.due - one.arrival)
                    else (1 + identities.get(one.owner.identity, 0), sessions.get(one.owner, 0), one.arrival)
                ),
            )
            rest.remove(following)
            line.append(following)
            identities[following.owner.identity] = identities.get(following.owner.identity, 0) + 1
            sessions[following.owner] = sessions.get(following.owner, 0) + 1
        return line


def _overloaded(sentence: str, seconds: float) -> Overloaded:
    wait = min(max(seconds, _WAIT[0]), _WAIT[1])
    return Overloaded(f"{sentence}; ask again in {wait:.1f} s", retry_after=wait)
