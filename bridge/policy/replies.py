"""How many replies can be carried, and whose prompt is next.

A reply is admitted with all that it will need: its tokens' part of the device at their pace, and its places in the pool
of keys and values. So nobody who speaks is ever pushed out, and who cannot be served is told so at once, with an
estimate of when to ask again. A prompt is admitted if its first token can come in its time, behind the prompts that go
before it; unless nobody else is in its way: then a slow machine answers late rather than never.

Prompts go one after the other, by fair share on two levels: that of the identity with the fewest replies under way,
and of its session with the fewest. The more is taken, the less may one identity, or one session, take: a newcomer finds
room, however many conversations another has.

Pure: times are arguments.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bridge.errors import Overloaded
from bridge.policy.forecast import Forecast
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Owner

_FILL = 0.85  # of the device's time that tokens at their pace may take: prompts need some too
_AT_ONCE = 1  # prompts that the device has: the order of the others is still open
_SESSION, _IDENTITY = 3.0, 7.0  # how many times what is left one session, or one identity, may take
_ANYHOW = 2  # replies that a session may have while they fit: on a slow machine two take most of it, with room for more
_LEAST_PACE = 0.05  # seconds: whoever wants tokens faster than anybody reads is not counted on
_USUAL_TOKENS = 48.0  # of a reply, before any has been seen
_LEARN = 0.1
_FASTER = 0.6  # of what replies that have been faster than their pace may insist on is what they take
_DOUBT = 1.6  # how much longer prompts may take than is foreseen
_PATIENT = 0.5  # of the time to the first token, until which a prompt lets those go before it that have less
_FIRST = 0.75  # of the time to the first token that is counted on: more may come to speak meanwhile
_KEPT = 0.85  # of the time to the first token, of those who wait already
_OWN = 0.65  # of the time to the first token that the prompts of one session may fill
_WAIT = (0.1, 30.0)  # what a client is told to wait, at least and at most
_LOAD_SECONDS = 0.5  # after which frames that have stopped are forgotten


@dataclass(slots=True, eq=False)
class Ask:
    """One reply: what it needs, and how far it is. `begin` is called when its prompt may go to the device."""

    owner: Owner
    begin: Callable[[], None]
    arrival: float
    due: float = NEVER  # its first token
    pace: float = 0.2
    chunks: int = 1  # runs of its prompt
    room: int = 1  # places of the pool
    began: bool = False
    tokens: int = 0  # so far


class Replies:
    """Replies from their admission to their end."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.room = 0  # places of the pool; 0 where nothing is known of it
        self._policy = policy or Policy()
        self._open: list[Ask] = []
        self._usual = _USUAL_TOKENS

    def __len__(self) -> int:
        return len(self._open)

    def waiting(self, now: float) -> list[Ask]:
        """Those whose prompts wait for the device, in the order in which they go."""
        return self._in_order([ask for ask in self._open if not ask.began], now)

    # -- admission -----------------------------------------------------------------------------------------------------

    def admit(self, ask: Ask, now: float, forecast: Forecast | None) -> None:
        """Take a reply in. Overloaded, with the time to wait, when it cannot be carried or begun in time."""
        self.check(ask, now, forecast)
        self._open.append(ask)

    def check(self, ask: Ask, now: float, forecast: Forecast | None, instead_of: Ask | None = None) -> None:
        """Whether a reply could be taken in now, were the one `instead_of` which it comes over."""
        whole, self._open = self._open, [one for one in self._open if one is not instead_of]
        try:
            self._check(ask, now, forecast)
        finally:
            self._open = whole

    def _check(self, ask: Ask, now: float, forecast: Forecast | None) -> None:
        open_now = [*self._open, ask]
        if self.room and self._takes_too_much(ask, {id(one): one.room / self.room for one in open_now}):
            raise self._refusal("the conversations under way need all the memory of the dialogue model", now, forecast)
        if forecast is None:
            return
        if self._takes_too_much(ask, self._parts(open_now, now, forecast)):
            raise self._refusal("as many replies are under way as can be spoken at their pace", now, forecast)
        self._check_prompts(ask, now, forecast)

    def _check_prompts(self, ask: Ask, now: float, forecast: Forecast) -> None:
        """Whether its first token can come in time, and the promise to those behind it be kept. Who has prompts waiting
        already leaves some of the time to others.
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
                raise _overloaded("earlier prompts take too long for this one's first token", at - latest)
            kept = one.arrival + (one.due - one.arrival) * _KEPT
            if passed and one is not ask and at > kept and one.due >= at - chunk * ask.chunks:
                raise _overloaded("prompts that wait already would be late", at - one.due)

    def _takes_too_much(self, ask: Ask, parts: dict[int, float]) -> bool:
        """Whether more is taken than there is, or more of it by one than leaves room for others."""
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
        """What part each reply takes of the time that tokens may have."""
        row = forecast.steps[min(len(asks), len(forecast.steps)) - 1] / min(len(asks), len(forecast.steps))
        time = _FILL * self._soft(now, forecast)
        return {id(ask): row / max(ask.pace, _LEAST_PACE) / time for ask in asks}

    def _soft(self, now: float, forecast: Forecast) -> float:
        """The part of the device that frames leave."""
        hard = forecast.hard * math.exp(min(0.0, forecast.at - now) / _LOAD_SECONDS)
        return max(self._policy.soft_share, 1.0 - hard)

    def _chunk_seconds(self, now: float, forecast: Forecast, *, speaks: bool) -> float:
        """How long a run of a prompt takes beside what is spoken meanwhile.

        Replies that speak take what their pace needs, or more where they have been faster: the policy's stretch.
        """
        soft = self._soft(now, forecast)
        talk = _FILL * soft * sum(self._parts(self._open, now, forecast).values()) if self._open else 0.0
        rate = soft - talk
        if speaks:
            rate = min(rate, soft * (1 - _FASTER / self._policy.stretch))
        return _DOUBT * forecast.chunk / max(rate, (1 - _FILL) * soft)

    def _refusal(self, sentence: str, now: float, forecast: Forecast | None) -> Overloaded:
        """When the next reply should be through, judged by how long replies usually are."""
        left = min((max(self._usual - one.tokens, self._usual / 4) for one in self._open), default=0.0)
        gap = _LEAST_PACE
        if forecast is not None:
            rows = min(len(self._open), len(forecast.steps))
            gap = forecast.steps[rows - 1] * len(self._open) / rows / self._soft(now, forecast)
        return _overloaded(sentence, left * gap)

    # -- the line ------------------------------------------------------------------------------------------------------

    def advance(self, now: float) -> None:
        """Let prompts begin whose turn it is."""
        while sum(one.began and not one.tokens for one in self._open) < _AT_ONCE:
            waiting = self.waiting(now)
            if not waiting:
                return
            waiting[0].began = True
            waiting[0].begin()

    def spoke(self, ask: Ask, now: float) -> None:
        """A token of a reply has come; after the first one another prompt may go."""
        ask.tokens += 1
        if ask.tokens == 1:
            self.advance(now)

    def leave(self, ask: Ask, now: float) -> None:
        """A reply is over, or nobody waits for it. A second time does nothing."""
        if ask not in self._open:
            return
        self._open.remove(ask)
        if ask.tokens:
            self._usual += _LEARN * (ask.tokens - self._usual)
        self.advance(now)

    def _in_order(self, waiting: list[Ask], now: float) -> list[Ask]:
        """By fair share: one prompt after the other of whoever then has the fewest replies; before them those that have
        waited for most of their time, or a row of newcomers would break what was promised.
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
