"""The recipe of the NPCs' adapter: honest data, the served decoder's arithmetic, a resumed run, a served file."""

import re
from itertools import islice
from pathlib import Path

import pytest
import torch

from models.language import peft
from models.language.decoder import Decoder
from models.training.dialogue.export import export
from models.training.dialogue.network import Group, Network, Packed, Projection
from models.training.dialogue.writing.conversation import write
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.invention import invent
from models.training.dialogue.writing.split import Side
from models.training.dialogue.writing.template import Slots, capitals, choose
from models.training.dialogue.writing.turn import marked, required
from models.training.dialogue.writing.world import World
from tests.models.language import tiny

LENGTH = 12


def tokens(seed: int, number: int = LENGTH) -> torch.Tensor:
    return torch.randint(0, tiny.SHAPE.vocabulary, (number,), generator=torch.Generator().manual_seed(seed))


def packed(whole: torch.Tensor, groups: list[Group]) -> Packed:
    return Packed(whole, groups, torch.arange(len(whole)), whole)


def trained(seed: int = 0) -> Network:
    """A network whose adapter changes something."""
    network = Network(tiny.decoder(tiny.weights()), 2, 2.0, torch.float32)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, Projection):
                module.up.normal_(generator=generator).mul_(0.2)
    return network


def served(decoder: Decoder, ids: torch.Tensor, folder: Path | None = None) -> torch.Tensor:
    """The last token's logits by the decoder that serves."""
    from models.language.batch import Batch, Row
    from models.language.cache.slots import Lease

    adapter = None
    if folder is not None:
        adapter = peft.read(folder, tiny.SHAPE, torch.float32, torch.device("cpu"), pairs=True)
    row = Row(Lease("a", len(ids)), 0, 0, ids.tolist(), wanted=True, adapter=adapter)
    batch = Batch([row], decoder.pool(1, torch.float32))
    return drained(decoder.logits(drained(decoder.read(batch))))[0]


def drained(run):  # type: ignore[no-untyped-def]
    while True:
        try:
            next(run)
        except StopIteration as stop:
            return stop.value


@torch.no_grad()
def test_training_computes_what_is_served(tmp_path: Path) -> None:
    network, ids = trained(), tokens(0)
    logits = network.logits(packed(ids, [Group(0, [LENGTH])]))[-1]
    export(network, tmp_path)
    assert torch.allclose(logits, served(tiny.decoder(tiny.weights()), ids, tmp_path), atol=0.05, rtol=0.02)
    assert not torch.allclose(logits, served(tiny.decoder(tiny.weights()), ids), atol=0.5), "the adapter does nothing"


@torch.no_grad()
def test_talks_that_begin_alike_are_as_each_alone() -> None:
    network = trained()
    start, one, two = tokens(1, 5), tokens(2, 4), tokens(3, 6)
    both = network.logits(packed(torch.cat((start, one, two)), [Group(5, [4, 6])]))
    for own, found in ((one, both[5:9]), (two, both[9:])):
        alone = network.logits(packed(torch.cat((start, own)), [Group(0, [5 + len(own)])]))
        assert torch.allclose(found, alone[5:], atol=1e-4)


def test_a_dialogue_is_the_same_on_every_machine() -> None:
    one, two = write(Side.TRAIN, 3), write(Side.TRAIN, 3)
    assert one.system == two.system
    assert [e.reply for talk in one.talks for e in talk] == [e.reply for talk in two.talks for e in talk]
    assert write(Side.TRAIN, 4).system != one.system


@pytest.mark.parametrize("side", list(Side))
def test_answers_say_what_they_have_to_and_nothing_is_left_of_templates(side: Side) -> None:
    exchanges = [e for number in range(40) for talk in write(side, number).talks for e in talk]
    assert len(exchanges) == 480
    wrong = [e for e in exchanges if re.search(r"[{}\[\]|]|\?\.|  ", e.user + e.reply)]
    assert wrong == []
    silent = [e for e in exchanges if not all(any(o in e.reply.lower() for o in options) for options in e.turn.must)]
    assert len(silent) < 0.02 * len(exchanges)


def test_trades_of_the_tests_are_never_trained_on() -> None:
    names = {side: {invent(side, Draw(f"{number}")).npc.trade for number in range(400)} for side in Side}
    assert len(names[Side.TEST]) > 10
    assert not names[Side.TRAIN] & names[Side.TEST]


def test_templates() -> None:
    draw = Draw("a")
    assert {choose("[a|b [c|d]|]", draw) for _ in range(99)} == {"a", "b c", "b d", ""}
    with pytest.raises(ValueError, match="bracket"):
        choose("[a|b", draw)
    slots = Slots(World.drawn(Side.TRAIN, draw), draw, {"item": "axe"})
    assert slots.sentence("{a item}. {A item}, {item+}") == "An axe. An axe, axes"
    number = slots.fill("{n1:2-9}")
    assert slots.fill("{n1}") == number != slots.fill("{n1~}")
    with pytest.raises(KeyError):
        slots.fill("{nonsense}")
    assert capitals("so it is. well") == "So it is. Well"
    assert marked("I'm new. What is it") == "I'm new. What is it?"
    assert required("Two|2 & silver") == (("two", "2"), ("silver",))


def test_a_resumed_run_is_the_same_run(tmp_path: Path) -> None:
    from models.training.dialogue.train import WEIGHTS, TrainConfig, train

    config = TrainConfig(steps=2, dialogues=1, parts=1, rank=1)
    straight, halting = tmp_path / "straight", tmp_path / "halting"
    list(train(straight, config, dtype=torch.float32))
    list(islice(train(halting, config, save_every=1, dtype=torch.float32), 1))
    assert [step for step, _ in train(halting, config, dtype=torch.float32)] == [2]
    assert (straight / WEIGHTS).read_bytes() == (halting / WEIGHTS).read_bytes()
    with pytest.raises(ValueError, match="other settings"):
        next(train(halting, TrainConfig(steps=3, dialogues=1, parts=1, rank=1), dtype=torch.float32))
