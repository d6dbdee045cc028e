"""Whose turn it is among slots that the device cannot serve all: those that get less go first.

Slots that tick together come in the same order every time. Served as they come, the first takes the device and the
others are refused, frame after frame. So a slot that is turned away for lack of time, while its lanes served others,
claims a turn; and the next job of a slot that has been served more makes way: it goes without the device this once.
One job makes way for a claim; where that was not enough, because yet another slot came first, two do, and so on. Nobody
claims while all are served.

Among the slots of one identity, over all its clients and streams; an identity that has used more than its share of the
device makes way for the slots of others too. Pure: times are arguments.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice

from bridge.ledger import Ledger
from bridge.shares import Shares
from bridge.work import Job

_LEAK_SECONDS = 1.0
_AHEAD = 1.0  # flights more than a slot that claims, before one makes way for it
_FORGET_AFTER = 1.0  # seconds
_FORGET_BELOW = 1e-3
_LOOKED_AT = 8  # claims, and identities, so that a job costs the same however many wait


@dataclass(slots=True)
class _Claim:
    since: float  # when the slot was last turned away
    needs: int = 1  # frames that others must go without
    met: int = 0


class Turns:
    """What each slot has had lately, and which claim a turn."""

    def __init__(self, shares: Shares, ledger: Ledger) -> None:
        self._shares = shares
        self._ledger = ledger
        self._served: dict[Hashable, tuple[float, float]] = {}  # slot -> flights, leaked until when
        self._claims: dict[str, dict[str, dict[Hashable, _Claim]]] = {}  # work -> identity -> slot

    def serve(self, job: Job, now: float) -> None:
        """A job gets the device."""
        slot = job.supersede_key
        if slot is not None:
            self._served[slot] = (self._had(slot, now) + 1.0, now)
            if job.work in self._claims:
                self._drop(job.work, job.owner.identity, slot)

    def claim(self, job: Job, now: float) -> None:
        """A job was turned away while its lanes served others."""
        slots = self._claims.setdefault(job.work, {}).setdefault(job.owner.identity, {})
        claim = slots.setdefault(job.supersede_key, _Claim(now))
        claim.since = now
        if claim.met >= claim.needs:
            claim.needs, claim.met = claim.needs + 1, 0

    def makes_way(self, job: Job, now: float) -> bool:
        """Whether a job that could have the device goes without, for a slot that claims its turn: the claim is met."""
        claims = self._claims.get(job.work)
        if not claims or job.supersede_key is None or not job.hard:
            return False
        enough = self._had(job.supersede_key, now) - _AHEAD
        mine = job.owner.identity
        if mine in claims and self._meet(job, mine, enough, now):
            return True
        wanting = len(claims) + (mine not in claims)
        if wanting > 1 and self._is_over(job, wanting, now):
            others = [identity for identity in islice(claims, _LOOKED_AT) if identity != mine]
            return any(self._meet(job, identity, enough, now) for identity in others)
        return False

    def _is_over(self, job: Job, wanting: int, now: float) -> bool:
        """Whether its identity has used more than its share of the device, with so many that want it at least."""
        identities, clients = self._ledger.census(job.owner)
        return self._shares.rank(job.owner, now, max(identities, wanting), clients) > 1

    def _meet(self, job: Job, identity: str, enough: float, now: float) -> bool:
        for slot, claim in list(islice(self._claims.get(job.work, {}).get(identity, {}).items(), _LOOKED_AT)):
            if now - claim.since > _FORGET_AFTER:
                self._drop(job.work, identity, slot)
            elif claim.met < claim.needs and slot != job.supersede_key and self._had(slot, now) < enough:
                claim.met += 1
                return True
        return False

    def _had(self, slot: Hashable, now: float) -> float:
        """Flights lately."""
        flights, since = self._served.get(slot, (0.0, now))
        return flights * math.exp((since - now) / _LEAK_SECONDS)

    def _drop(self, work: str, identity: str, slot: Hashable) -> None:
        identities = self._claims[work]
        slots = identities.get(identity)
        if slots is None:
            return
        slots.pop(slot, None)
        if not slots:
            del identities[identity]
            if not identities:
                del self._claims[work]

    def tidy(self, now: float) -> None:
        """Forget slots that nobody has asked for lately."""
        for slot in [slot for slot in self._served if self._had(slot, now) < _FORGET_BELOW]:
            del self._served[slot]
        stale = [
            (work, identity, slot)
            for work, identities in self._claims.items()
            for identity, slots in identities.items()
            for slot, claim in slots.items()
            if now - claim.since > _FORGET_AFTER
        ]
        for work, identity, slot in stale:
            self._drop(work, identity, slot)
