"""How many replies are carried and whose prompt is next: rules by name, and loads on a virtual clock."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.errors import Overloaded
from bridge.policy.forecast import Forecast
from bridge.policy.replies import Ask, Replies
from bridge.policy.work import Owner
from tests.policy.talk import MS, Said, Talk, percentile

QUICK = Forecast(chunk=0.01, steps=(0.01, 0.011, 0.012, 0.013), hard=0.0, at=0.0)
SLOW = Forecast(chunk=0.1, steps=(0.05, 0.06, 0.07, 0.08), hard=0.0, at=0.0)


class Line:
    """Replies whose prompts begin in the order of `begun`."""

    def __init__(self, forecast: Forecast | None = QUICK, room: int = 1000) -> None:
        self.replies = Replies()
        self.replies.room = room
        self.begun: list[str] = []
        self.asks: dict[str, Ask] = {}
        self._forecast = forecast

    def ask(self, name: str, owner: str, identity: str = "", **needs: float) -> float:
        """Seconds after which to ask again; 0 when it is taken in."""
        needs = {"due": 2.0, "room": 10, "pace": 1.0, **needs}
        whose = Owner(identity or owner, owner)
        ask = Ask(whose, lambda: self.begun.append(name), len(self.asks) * 1e-6, **needs)  # type: ignore[arg-type]
        try:
            self.replies.admit(ask, 0.0, self._forecast)
        except Overloaded as error:
            return error.retry_after or 0.0
        self.asks[name] = ask
        self.replies.advance(0.0)
        return 0.0

    def finish(self) -> list[str]:
        """Let prompt after prompt be through; the order in which they began."""
        while len(self.begun) < len(self.asks):
            self.replies.spoke(self.asks[self.begun[-1]], 0.0)
        return self.begun


def test_the_next_prompt_is_of_whoever_has_the_fewest_replies() -> None:
    line = Line()
    for index in range(4):
        line.ask(f"a{index}", "a")
    for name in ("b0", "b1"):
        line.ask(name, "b")
    assert line.finish() == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_a_reply_may_come_in_place_of_another_for_which_there_is_no_room_beside_it() -> None:
    line = Line(room=100)
    line.ask("a0", "a", room=60)
    line.ask("b0", "b", room=30)
    longer = Ask(Owner("a", "a"), lambda: None, 0.0, 2.0, 1.0, 1, 65)
    with pytest.raises(Overloaded):
        line.replies.check(longer, 0.0, QUICK)
    line.replies.check(longer, 0.0, QUICK, line.asks["a0"])
    with pytest.raises(Overloaded):
        line.replies.check(longer, 0.0, QUICK, line.asks["b0"])
    assert len(line.replies) == 2, "it was only asked"


def test_two_characters_of_a_game_speak_on_a_slow_machine() -> None:
    """They take 77 % of what frames leave of it, as measured beside the demo's frames, and leave room for one more."""
    steps = (0.054, 0.074, 0.075, 0.083, 0.107, 0.119, 0.136, 0.149)
    line = Line(Forecast(chunk=0.1, steps=steps, hard=0.43, at=0.0))
    assert line.ask("innkeeper", "game", pace=0.2) == line.ask("smith", "game", pace=0.2) == 0
    for name in ("innkeeper", "smith"):
        line.replies.spoke(line.asks[name], 0.0)
    assert line.ask("player's", "another game", pace=0.2) == 0
    assert line.ask("baker", "game", pace=0.2) > 0


def test_more_sessions_of_an_identity_win_no_more_turns() -> None:
    line = Line()
    for index in range(4):
        line.ask(f"a{index}", f"session {index % 2}", "house")
    for name in ("b0", "b1"):
        line.ask(name, "lone")
    assert line.finish() == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_a_prompt_that_has_waited_for_half_its_time_goes_first() -> None:
    line = Line()
    for name in ("a0", "a1", "a2"):
        line.ask(name, "a")
    line.ask("b0", "b")
    line.replies.spoke(line.asks["a0"], 1.5)
    assert line.begun == ["a0", "a1"]


@pytest.mark.parametrize("identity", ["house", ""], ids=["same identity", "another"])
def test_one_session_leaves_memory_for_others(identity: str) -> None:
    line = Line()
    taken = [line.ask(f"a{index}", "a", "house", room=100) for index in range(10)]
    assert taken.count(0.0) == 7
    assert all(wait > 0 for wait in taken[7:])
    assert line.ask("b", "b", identity, room=100) == 0.0


@pytest.mark.parametrize("identity", ["house", ""], ids=["same identity", "another"])
def test_one_session_leaves_time_for_others(identity: str) -> None:
    """Each takes a tenth of the device at a token every 40 ms."""
    line = Line(SLOW._replace(steps=(0.02,), chunk=0.001))
    taken = [line.ask(f"a{index}", "a", "house", pace=0.2) for index in range(10)]
    assert 4 <= taken.count(0.0) <= 7
    assert line.ask("b", "b", identity, pace=0.2) == 0.0


def test_many_sessions_of_an_identity_leave_room_for_another() -> None:
    line = Line()
    taken = [line.ask(f"a{index}", f"session {index}", "house", room=50) for index in range(30)]
    assert taken.count(0.0) <= 19
    assert line.ask("b", "b", room=50) == 0.0


def test_a_first_token_that_cannot_come_in_time_is_refused() -> None:
    line = Line(SLOW)
    taken = [line.ask(f"a{index}", f"c{index}", chunks=4) for index in range(6)]
    assert taken[0] == 0.0
    assert 0.0 < taken[-1] < 5.0


def test_nobody_in_its_way_a_prompt_is_taken_however_long_it_takes() -> None:
    assert Line(SLOW).ask("a", "a", due=0.001, chunks=50) == 0.0


def test_frames_leave_less_to_talk() -> None:
    def taken(hard: float) -> int:
        line = Line(SLOW._replace(hard=hard, chunk=0.001))
        return [line.ask(f"a{index}", f"c{index}", pace=0.2) for index in range(20)].count(0.0)

    assert taken(0.0) > taken(0.5) > taken(0.9) >= 1


def test_a_reply_that_is_over_makes_room() -> None:
    line = Line(room=100)
    assert line.ask("a", "a", room=90) == 0.0
    assert line.ask("b", "b", room=90) > 0.0
    line.replies.leave(line.asks["a"], 0.0)
    line.replies.leave(line.asks["a"], 0.0)
    assert line.ask("c", "b", room=90) == 0.0


def test_nothing_known_of_the_device_nothing_is_refused_for_its_sake() -> None:
    line = Line(None)
    assert {line.ask(f"a{index}", "a", room=1) for index in range(50)} == {0.0}


# -- on a virtual clock ------------------------------------------------------------------------------------------------


def talk_at(rate: float, seed: int, draw_said: Callable[[random.Random, float, int], Said], seconds: int = 40) -> Talk:
    """Says that come at random, so many a second; all is over in the end."""
    talk, draw = Talk(seed), random.Random(seed)
    at = 0.0
    for number in range(int(seconds * rate)):
        at += draw.expovariate(rate)
        talk.say(draw_said(draw, at, number))
    talk.run(at + 60.0)
    assert all(said.over or said.refused is not None for said in talk.said)
    return talk


def anybody(draw: random.Random, at: float, number: int) -> Said:
    """An ordinary turn of one of four players."""
    owner = Owner(f"player {number % 4}", f"player {number % 4}")
    return Said(at, owner, chunks=draw.randint(1, 3), tokens=draw.randint(15, 90))


def greetings(draw: random.Random, at: float, number: int) -> Said:
    """Replies of few tokens."""
    return replace(anybody(draw, at, number), tokens=draw.randint(2, 12))


def all_sorts(draw: random.Random, at: float, number: int) -> Said:
    """Long prompts among short ones, replies of two words among long ones, of six players."""
    owner = Owner(f"player {number % 6}", f"player {number % 6}")
    return Said(at, owner, chunks=draw.choice([1, 1, 2, 6]), tokens=draw.choice([2, 4, 8, 20, 60, 90]))


def long_prompts(draw: random.Random, at: float, number: int) -> Said:
    return replace(anybody(draw, at, number), chunks=draw.choice([1, 1, 2, 6]))


@pytest.mark.parametrize("times", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize(("talk", "rate"), [(anybody, 1.7), (greetings, 4.0), (all_sorts, 1.9), (long_prompts, 1.5)])
def test_no_reply_falters(talk: Callable[[random.Random, float, int], Said], rate: float, times: float) -> None:
    """No gap is more than three times what is usual of its reply, whatever comes; of what the device can do, so many
    times are asked for.
    """
    said = [one for seed in range(8) for one in talk_at(times * rate, seed, talk, seconds=10).said]
    served = [one for one in said if one.refused is None]
    assert len(served) > 0.3 * len(said)
    assert max(one.falters for one in served if one.gaps) <= 3.0
    assert all(max(one.gaps, default=0.0) <= 2 * one.pace for one in served)
    assert max(one.first for one in served if one.chunks <= 3) <= 2.0
    assert percentile([one.first for one in served], 0.99) <= 2.0, "a prompt of six runs may take a moment longer"


def test_who_speaks_alone_is_not_held_back() -> None:
    """It would be where eight at once are more than 2.8 times as slow as one."""
    talk = Talk(noise=0.0)
    said = talk.say(Said(0.0, Owner("house", "game")))
    talk.run(60.0)
    assert max(said.gaps) <= 51.4 * MS / 2.8 + 1e-9
    assert min(said.gaps) >= 17.8 * MS - 1e-9


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_at_twice_what_can_be_carried_who_is_admitted_is_served(seed: int) -> None:
    """The device can do 1.7 such turns a second; 3.4 come."""
    talk = talk_at(3.4, seed, anybody)
    served = [said for said in talk.said if said.refused is None]
    assert 0.35 * len(talk.said) < len(served) < 0.65 * len(talk.said)
    assert max(said.first for said in served) <= 2.0
    assert all(max(said.gaps) <= 2 * said.pace for said in served)
    assert max(said.falters for said in served) <= 3.0
    assert all(said.refused > 0 for said in talk.said if said.refused is not None)


def test_half_of_what_can_be_carried_is_served() -> None:
    talk = talk_at(0.8, 3, anybody)
    assert sum(said.refused is not None for said in talk.said) <= 2
    assert all(said.first <= 2.0 for said in talk.said if said.refused is None)


def test_sixteen_conversations_join_while_others_speak() -> None:
    talk = Talk()
    said = [talk.say(Said(0.7 * index, Owner("house", "game"))) for index in range(16)]
    talk.run(60.0)
    assert all(one.refused is None and one.first <= 1.0 for one in said)
    assert all(max(one.gaps) <= 2 * one.pace for one in said)


def test_seven_greeted_at_once_beside_one_that_speaks() -> None:
    talk = Talk()
    speaking = talk.say(Said(0.0, Owner("house", "game"), tokens=90))
    greeted = [talk.say(Said(1.0, Owner("house", "game"), chunks=1, tokens=40)) for _ in range(7)]
    talk.run(60.0)
    served = [said for said in greeted if said.refused is None]
    assert len(served) >= 3
    assert all(said.first <= 2.0 for said in served)
    assert all(said.falters <= 3.0 for said in [speaking, *served])


def test_a_newcomer_is_not_kept_waiting_by_what_another_has_said() -> None:
    talk = Talk()
    for index in range(64):
        talk.say(Said(0.001 * index, Owner("crowd", "crowd"), tokens=90))
    hello = talk.say(Said(0.1, Owner("lone", "lone"), chunks=1, tokens=10))
    talk.run(60.0)
    assert hello.refused is None
    assert hello.first <= 1.0


def test_talk_is_finished_beside_frames_that_fill_the_device() -> None:
    """Four slots that want 8 ms at 60 Hz each: twice what there is."""
    talk = Talk()
    for frame in range(60 * 20):
        for slot in range(4):
            talk.frame(frame / 60, slot, 0.03)
    said = [talk.say(Said(1.0 + 3.0 * index, Owner("game", "game"), chunks=1, tokens=15)) for index in range(4)]
    talk.run(25.0)
    assert all(one.over for one in said)
    assert all(one.first <= 2.0 for one in said)
    assert all(max(one.gaps) <= 0.5 for one in said)
