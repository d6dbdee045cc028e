"""Ids beside an oracle: objects far apart, of which some are hidden or leave, and pictures at any times.

As no two objects come near each other, who is who is known without any matching: an object keeps its id for as long as
it is seen again within the patience for it, and gets the next one otherwise.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.recognition.tracking.tracker import followed
from models.recognition.tracking.tracks import NO_TRACKS, RULES, Rules, Seen, shown

APART = 20.0  # sides
LIMITS = Rules(most=6)


@dataclass
class Thing:
    """An object of side 1 and what the oracle knows of it."""

    row: int
    speed: float
    visible: bool = True
    id: int = 0
    at: float = 0.0
    pictures: int = 0

    def box(self, time: float) -> tuple[float, ...]:
        x = self.speed * time
        return x, self.row * APART, x + 1, self.row * APART + 1


class Street(RuleBasedStateMachine):
    """Pictures of things, and what must come of them."""

    @initialize()
    def begin(self) -> None:
        self.time, self.things, self.tracks, self.next_id = 0.0, list[Thing](), NO_TRACKS, 1

    @rule(speed=st.floats(-0.4, 0.4))
    def comes(self, speed: float) -> None:
        if len(self.things) < 12:
            self.things.append(Thing(len(self.things), speed))

    @rule(which=st.integers(0, 11))
    def hides_or_returns(self, which: int) -> None:
        if which < len(self.things):
            self.things[which].visible = not self.things[which].visible

    @rule(seconds=st.sampled_from([0.04, 0.1, 0.3, 0.45, 0.55, 0.9, 1.1, 1.9, 2.1]), faint=st.booleans())
    def picture(self, seconds: float, faint: bool) -> None:
        self.time += seconds
        there = [thing for thing in self.things if thing.visible]
        score = 0.3 if faint else 0.8
        boxes = np.array([thing.box(self.time) for thing in there]).reshape(-1, 4)
        last = self.tracks.time
        self.forget_first()
        self.tracks = followed(
            self.tracks, Seen(boxes, np.full(len(there), score), np.zeros(len(there), np.int64)), self.time, LIMITS
        )
        for thing in there[: LIMITS.most]:
            if not thing.id and not faint:
                thing.id, thing.at, thing.pictures = self.next_id, self.time, 1
                self.next_id += 1
            elif thing.id and (not faint or thing.at == last):
                thing.at, thing.pictures = self.time, thing.pictures + 1
        self.forget_first()
        kept = sorted((t for t in self.things if t.id), key=lambda t: (-t.at, -t.pictures, t.id))
        for thing in kept[LIMITS.most :]:
            thing.id = 0

    def forget_first(self) -> None:
        """The oracle's patience."""
        for thing in self.things:
            patience = LIMITS.kept if thing.pictures > 1 else LIMITS.tentative
            if thing.id and self.time - thing.at > patience:
                thing.id = thing.pictures = 0

    @invariant()
    def ids_are_the_oracles(self) -> None:
        if not hasattr(self, "tracks") or not self.tracks.known:
            return
        known = {track.id: track for track in self.tracks.known}
        assert len(known) == len(self.tracks.known) <= LIMITS.most
        assert set(known) == {thing.id for thing in self.things if thing.id}
        assert self.tracks.next_id == self.next_id

    def _shown(self, thing: Thing, time: float) -> bool:
        """Seen in one picture: until the next one, and not for long. In more: for a while."""
        if thing.pictures == 1:
            return thing.at == self.tracks.time and time - thing.at <= LIMITS.tentative
        return time - thing.at <= LIMITS.shown

    @rule(seconds=st.sampled_from([0.0, 0.2, 0.6, 1.2]))
    def shows(self, seconds: float) -> None:
        if not self.tracks.known:
            return
        time = self.tracks.time + seconds
        tracks = {track.id: track for track in shown(self.tracks, time, LIMITS)}
        wanted = {thing.id: thing for thing in self.things if thing.id and self._shown(thing, time)}
        assert set(tracks) == set(wanted)
        for name, thing in wanted.items():
            assert tracks[name].predicted == (time > thing.at)
            assert tracks[name].unseen == pytest.approx(max(0.0, time - thing.at))
            assert np.allclose(tracks[name].box, thing.box(time), atol=0.5)


TestStreet = Street.TestCase
TestStreet.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def seen(*boxes: tuple[float, ...], scores: float | list[float] = 0.8, class_ids: int | list[int] = 0) -> Seen:
    count = len(boxes)
    return Seen(
        np.array(boxes, float).reshape(-1, 4),
        np.broadcast_to(np.array(scores, float), count).copy(),
        np.broadcast_to(np.array(class_ids, np.int64), count).copy(),
    )


def box(x: float, y: float = 0.0, width: float = 10.0, height: float = 20.0) -> tuple[float, ...]:
    return x, y, x + width, y + height


def test_a_faint_box_continues_a_track_and_begins_none() -> None:
    tracks = followed(NO_TRACKS, seen(box(0), box(100), scores=[0.8, 0.3]), 0.0)
    tracks = followed(tracks, seen(box(1), scores=0.2), 0.1)
    (track,) = shown(tracks, 0.1)
    assert (track.id, track.predicted, track.score) == (1, False, pytest.approx(0.2))


def test_what_was_hidden_is_found_beyond_its_own_side() -> None:
    """It stopped while it was hidden: the predicted box is past it, and overlaps no more."""
    tracks = NO_TRACKS
    for picture in range(6):
        tracks = followed(tracks, seen(box(6.0 * picture)), picture * 0.2)
    tracks = followed(tracks, seen(), 1.2)
    assert shown(tracks, 1.5)[0].box[0] > 30 + 10
    tracks = followed(tracks, seen(box(30.0)), 1.6)
    assert [track.id for track in tracks.known] == [1]


def test_boxes_of_another_class_are_another_object() -> None:
    tracks = followed(NO_TRACKS, seen(box(0), class_ids=0), 0.0)
    tracks = followed(tracks, seen(box(0), class_ids=15), 0.1)
    assert [(track.id, track.class_id) for track in tracks.known] == [(1, 0), (2, 15)]


def test_a_box_that_is_a_better_ones_twin_begins_no_track() -> None:
    twins = seen(box(0), box(1.5), scores=[0.9, 0.7])
    tracks = followed(NO_TRACKS, twins, 0.0)
    assert len(tracks.known) == 1
    apart = followed(tracks, seen(box(0), box(6), scores=[0.9, 0.7]), 0.1)
    assert len(apart.known) == 2
    other = seen(box(0), box(1.5), scores=[0.9, 0.7], class_ids=[0, 1])
    assert len(followed(NO_TRACKS, other, 0.0).known) == 2


def test_two_who_cross_keep_their_ids() -> None:
    tracks = NO_TRACKS
    for picture in range(21):
        left, right = box(-50.0 + 5 * picture), box(50.0 - 5 * picture, 1.0)
        tracks = followed(tracks, seen(left, right) if picture != 10 else seen(left), picture * 0.1)
    ends = {track.id: track.box[0] for track in shown(tracks, 2.0)}
    assert ends[1] == pytest.approx(50, abs=2)
    assert ends[2] == pytest.approx(-50, abs=2)


def test_velocity_is_per_second() -> None:
    tracks = NO_TRACKS
    for picture in range(10):
        tracks = followed(tracks, seen(box(3.0 * picture, -2.0 * picture)), picture / 15)
    (track,) = shown(tracks, 9 / 15)
    assert track.velocity == pytest.approx((45, -30), rel=0.03)


def test_time_does_not_go_back() -> None:
    tracks = followed(NO_TRACKS, seen(box(0)), 1.0)
    with pytest.raises(ValueError, match="cannot follow"):
        followed(tracks, seen(box(0)), 1.0)


def test_tracks_are_bounded_and_the_longest_unseen_go_first() -> None:
    rules = Rules(most=3)
    tracks = followed(NO_TRACKS, seen(box(0), box(100)), 0.0, rules)
    tracks = followed(tracks, seen(box(100)), 0.1, rules)
    tracks = followed(tracks, seen(box(200), box(300)), 0.2, rules)
    assert [track.id for track in tracks.known] == [2, 3, 4]
    crowd = seen(*(box(100.0 * place) for place in range(20)))
    assert len(followed(tracks, crowd, 0.3, rules).known) == 3


def test_a_score_fades_while_an_object_is_not_seen() -> None:
    tracks = NO_TRACKS
    for picture in range(3):
        tracks = followed(tracks, seen(box(0)), picture * 0.1)
    scores = [shown(tracks, 0.2 + seconds)[0].score for seconds in (0.0, 0.5, 1.0)]
    assert scores == pytest.approx([0.8, 0.8 * 0.85, 0.8 * 0.7])
    assert shown(tracks, 0.2 + RULES.shown + 0.01) == []
