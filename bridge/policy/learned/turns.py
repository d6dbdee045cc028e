"""Takes turns among slots when the device cannot serve all: those served less go first.

Slots that tick together arrive in the same order every time. First come, first served would give the device to the same
ones and refuse the others, frame after frame. So a slot refused for lack of time, while its lanes served others, claims
a turn; and the next job of a slot that was served more yields: it goes without the device this once. One job yields per
claim; if that was not enough, because yet another slot came first, two do, and so on. Nobody claims while all are
served.

Applies among the slots of one identity, over all its clients and streams; an identity that has used more of the device
lately yields to the slots of other identities too. Pure: times are arguments.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice

from bridge.policy.learned.fair_share import Shares
from bridge.policy.work import NEVER, Job

_LEAK_SECONDS = 1.0
_AHEAD = 1.0  # flights more than the claiming slot, before a slot yields
_FORGET_AFTER = 1.0  # seconds
_FORGET_BELOW = 1e-3
_LOOKED_AT = 8  # claims, and identities, examined per job: bounds its cost however many wait


@dataclass(slots=True)
class _Claim:
    since: float  # when the slot was last refused
    needs: int = 1  # jobs of others that must yield
    met: int = 0


class Turns:
    """How often each slot was served lately, and which slots claim a turn."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._served: dict[Hashable, tuple[float, float]] = {}  # slot -> (flights, as of)
        self.claims: dict[str, dict[str, dict[Hashable, _Claim]]] = {}  # work -> identity -> slot

    def serve(self, job: Job, now: float) -> None:
        """Record that a job gets the device."""
        slot = job.supersede_key
        if slot is not None:
            had = self._served.get(slot)
            flights = 0.0 if had is None else had[0] * math.exp((had[1] - now) / _LEAK_SECONDS)
            self._served[slot] = (flights + 1.0, now)
            if job.work in self.claims:
                self._drop(job.work, job.owner.identity, slot)

    def claim(self, job: Job, now: float) -> None:
        """Record that a job was refused while its lanes served others."""
        slots = self.claims.setdefault(job.work, {}).setdefault(job.owner.identity, {})
        claim = slots.setdefault(job.supersede_key, _Claim(now))
        claim.since = now
        if claim.met >= claim.needs:
            claim.needs, claim.met = claim.needs + 1, 0

    def yields(self, job: Job, now: float) -> bool:
        """Whether a job that could have the device yields to a claiming slot. If so, that claim is met."""
        claims = self.claims.get(job.work)
        if not claims or job.supersede_key is None or not job.hard:
            return False
        enough = self._had(job.supersede_key, now) - _AHEAD
        mine = job.owner.identity
        if mine in claims and self._meet(job, mine, enough, now):
            return True
        others = [identity for identity in islice(claims, _LOOKED_AT) if identity != mine]
        return any(self._has_had_more(mine, other, now) and self._meet(job, other, NEVER, now) for other in others)

    def _has_had_more(self, identity: str, other: str, now: float) -> bool:
        """By recent use, not by share of all device time: where a budget has time for one job but not two, no share is
        used up.
        """
        return self._shares.used(identity, now) > self._shares.used(other, now)

    def _meet(self, job: Job, identity: str, enough: float, now: float) -> bool:
        for slot, claim in list(islice(self.claims.get(job.work, {}).get(identity, {}).items(), _LOOKED_AT)):
            if now - claim.since > _FORGET_AFTER:
                self._drop(job.work, identity, slot)
            elif claim.met < claim.needs and slot != job.supersede_key and self._had(slot, now) < enough:
                claim.met += 1
                return True
        return False

    def _had(self, slot: Hashable, now: float) -> float:
        """Recent flights, leaked until `now`."""
        flights, since = self._served.get(slot, (0.0, now))
        return flights * math.exp((since - now) / _LEAK_SECONDS)

    def _drop(self, work: str, identity: str, slot: Hashable) -> None:
        identities = self.claims[work]
        slots = identities.get(identity)
        if slots is None:
            return
        slots.pop(slot, None)
        if not slots:
            del identities[identity]
            if not identities:
                del self.claims[work]

    def tidy(self, now: float) -> None:
        """Forget slots that have not been requested lately."""
        for slot in [slot for slot in self._served if self._had(slot, now) < _FORGET_BELOW]:
            del self._served[slot]
        stale = [
            (work, identity, slot)
            for work, identities in self.claims.items()
            for identity, slots in identities.items()
            for slot, claim in slots.items()
            if now - claim.since > _FORGET_AFTER
        ]
        for work, identity, slot in stale:
            self._drop(work, identity, slot)
