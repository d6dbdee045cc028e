"""What a stream and a session know of one avatar: what is shown, whether it would be the same again, how it changes."""

import numpy as np

from bridge.capabilities.avatar.sent_pictures import Picture, SentPictures
from bridge.capabilities.avatar.slot import AvatarSlot
from bridge.device.encoding import Texture
from models.avatar.look import Conditions, blend, conditions, look_from_seed

ONE, OTHER = (conditions(look_from_seed(seed)) for seed in (1, 2))
RGBA, PNG = 1, 2


def picture(
    index: int, look: Conditions = ONE, wanted: int = RGBA, rung: int = 0, *, repeated: bool = False
) -> Picture:
    return Picture(index, look, wanted, rung, repeated, at=float(index))


def test_only_what_was_acknowledged_is_the_same_again() -> None:
    sent = SentPictures()
    sent.generating(1, ONE)
    sent.sent(first := picture(1))
    assert sent.same(ONE, RGBA) is None, "it may be lost on the way"
    sent.acknowledge(1, dropped=False)
    assert sent.same(ONE, RGBA) is first
    assert sent.same(OTHER, RGBA) is None
    assert sent.same(ONE, PNG) is None


def test_another_picture_under_way_would_be_the_last_one_shown() -> None:
    sent = SentPictures()
    sent.sent(first := picture(1))
    sent.acknowledge(1, dropped=False)
    sent.generating(2, OTHER)
    assert sent.same(ONE, RGBA) is None, "one that is being made"
    sent.sent(picture(2, OTHER))
    assert sent.same(ONE, RGBA) is None, "one that was sent"
    sent.lost(2)
    assert sent.same(ONE, RGBA) is first
    sent.generating(3, ONE)
    assert sent.same(ONE, RGBA) is first, "the same picture again changes nothing"


def test_the_newest_that_was_acknowledged_is_shown_unless_it_came_too_late() -> None:
    sent = SentPictures()
    for index in (1, 2, 3):
        sent.sent(picture(index))
    sent.acknowledge(2, dropped=False)
    assert sent.acknowledged is not None
    assert sent.acknowledged.index == 2
    sent.acknowledge(3, dropped=True)
    assert sent.same(ONE, RGBA) is None


def test_a_better_picture_of_the_same_look_is_tried_now_and_then() -> None:
    sent = SentPictures()
    assert sent.is_settled(picture(1, rung=0), 10.0), "there is no better one"
    assert not sent.is_settled(picture(1, rung=1), 10.0)
    assert sent.is_settled(picture(1, rung=1), 10.4)
    assert not sent.is_settled(picture(1, rung=1), 10.5)
    assert not sent.is_settled(picture(1, rung=1, repeated=True), 10.6), "a repeated one is no picture of its own"


def test_a_look_is_on_its_way_until_its_time_is_over() -> None:
    slot = AvatarSlot(ONE, ONE, blend)
    slot.change(OTHER, 10.0, 2.0)
    assert slot.is_changing(11.0)
    assert np.array_equal(slot.look(9.0), ONE)
    assert np.array_equal(slot.look(11.0), blend(ONE, OTHER, 0.5))
    slot.change(ONE, 11.0, 2.0)
    assert np.array_equal(slot.look(11.0), blend(ONE, OTHER, 0.5)), "from where it is by then"
    assert np.array_equal(slot.look(13.0), ONE)
    assert not slot.is_changing(13.0)


def test_the_newest_texture_is_kept_and_told_only_in_the_rows_asked_for() -> None:
    slot = AvatarSlot(ONE, ONE, blend)
    assert slot.kept_format(bottom_up=False) is None
    newer, older = Texture(b"newer", 1, 1), Texture(b"older", 1, 1)
    slot.show(newer, RGBA, False, ONE, 5)
    slot.show(older, PNG, True, OTHER, 4)
    assert (slot.texture, slot.textured_index) == (newer, 5)
    assert slot.kept_format(bottom_up=False) == RGBA
    assert slot.kept_format(bottom_up=True) is None
