"""Replies with LoRA adapters: side by side as each alone, and nothing cached for one is taken for another."""

from decimal import Decimal
from pathlib import Path

import pytest
import torch

from models.dialogue.dialogue_program import DialogueProgram
from models.dialogue.loading import SHIPPED, load
from models.npc.character import Currency, Npc, Ware
from models.npc.prompt import system_message
from tests.models.dialogue.conftest import CONTEXT
from tests.models.dialogue.stepping import GREEDY, ask, finish
from tests.models.language import tiny

SIZES = {
    "q": (576, 576),
    "k": (192, 576),
    "v": (192, 576),
    "o": (576, 576),
    "gate": (1536, 576),
    "up": (1536, 576),
    "down": (576, 1536),
}


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> DialogueProgram:
    folders: dict[str, Path] = {}
    for seed, name in enumerate(("gruff", "merry")):
        tensors = {key: tensor * 0.2 for key, tensor in tiny.factors(2, seed, sizes=SIZES, layers=30).items()}
        folders[name] = tiny.save(tmp_path_factory.mktemp(name), tensors, rank=2)
    return DialogueProgram.load(torch.device("cpu"), slots=4, context=CONTEXT, adapters=folders)


def test_replies_with_different_adapters_equal_each_alone(adapted: DialogueProgram) -> None:
    names = (None, "gruff", "merry")
    alone = [finish(adapted, adapted.reply("alone", ask("Who are you?"), GREEDY, adapter=name))[0][0] for name in names]
    adapted.forget("alone")
    replies = [adapted.reply(f"{name}", ask("Who are you?"), GREEDY, adapter=name) for name in names]
    assert [text for text, _ in finish(adapted, *replies)] == alone
    assert len(set(alone)) == 3, "the adapters do nothing"
    for name in names:
        adapted.forget(f"{name}")
    assert adapted.stats().free == adapted.slots


def test_what_one_adapter_read_is_not_taken_for_anothers(adapted: DialogueProgram) -> None:
    cached, messages = [], ask("What do you sell?", "You are Tam, who sells fish by the harbour of a small grey town.")
    for name in (None, "gruff", None, "gruff", "merry"):
        _, piece = finish(adapted, adapted.reply("a", messages, GREEDY, adapter=name))[0]
        cached.append(piece.cached_tokens > 0)
    assert cached == [False, False, True, True, False]
    adapted.forget("a")
    assert adapted.stats().idle == 0


def test_an_adapter_that_is_not_loaded_is_named(adapted: DialogueProgram) -> None:
    with pytest.raises(ValueError, match=r"no adapter 'shy'; there are gruff, merry"):
        adapted.reply("a", ask("Hello!"), GREEDY, adapter="shy")


def test_the_version_tells_adapters_apart(adapted: DialogueProgram, shipped: DialogueProgram) -> None:
    assert adapted.version.startswith(shipped.version + "-gruff-")
    assert adapted.resident_bytes > shipped.resident_bytes


def test_the_adapter_that_ships_copies_prices_and_leaves_plain_dialogue_as_it_is(shipped: DialogueProgram) -> None:
    program = load(torch.device("cpu"), slots=4, context=CONTEXT, adapters={"npc": SHIPPED})
    ware = Ware("lantern", "lanterns", Decimal(37), Currency("florin", "florins"))
    npc = Npc("x", "Odo Pell", "lamp seller", "Odo is old and kind", "the Long Stair in Wickby", wares=(ware,))
    line = ask("How much is a lantern?", system_message(npc))
    assert "37" in finish(program, program.reply("a", line, GREEDY, adapter="npc"))[0][0]
    plain = [finish(one, one.reply("b", ask("Who are you?"), GREEDY))[0][0] for one in (program, shipped)]
    assert plain[0] == plain[1]
    for one in (program, shipped):
        one.forget("b")
