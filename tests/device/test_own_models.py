"""Models that are not FrameBridge's: how they are declared, and how they join its capabilities."""

from dataclasses import replace
from typing import Any

import pytest
from torch import nn

import bridge
from bridge import Dim, ModuleModel, ProgramModel, Tensor
from bridge.capabilities import CAPABILITIES
from bridge.device.catalog import entries, with_models
from bridge.device.own_models import specs
from bridge.errors import ConfigError

IMAGE = {"image": Tensor("float32", (3, 8, 8))}


def module(name: str = "style", **more: Any) -> ModuleModel:
    return ModuleModel(name, load=nn.Identity, **{"inputs": IMAGE, **more})


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: module("Style"), "model name 'Style' cannot be used; start with a lower-case letter"),
        (lambda: module("a.b"), "model name 'a.b' cannot be used"),
        (lambda: module(inputs={}), "needs 1 to 32 inputs"),
        (lambda: module(max_batch=0), "max_batch is 0; use 1 to 256"),
        (lambda: module(budget=0.0), "budget is 0 s; use 0.001 to 60"),
        (lambda: module(dtype="int8"), "dtype is 'int8'; use float32, float16 or bfloat16"),
        (lambda: module(memory_format="nhwc"), "memory_format is 'nhwc'; use channels_last"),
        (lambda: module(inputs={"x": Tensor("float32", (Dim(1, 512), Dim(1, 512)))}), "more than 16 combinations"),
        (lambda: ProgramModel("9", load=lambda device: None, inputs=IMAGE), "model name '9' cannot be used"),  # type: ignore[arg-type,return-value]
    ],
)
def test_a_declaration_that_cannot_be_served_says_why(made: Any, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        made()


def test_own_models_join_the_capability_that_takes_them_each_a_kind_of_work() -> None:
    joined = with_models(CAPABILITIES, specs([module(), module("depth", budget=0.5)]))
    assert joined[:-1] == CAPABILITIES[:-1]
    assert [(work.name, work.budget) for work in joined[-1].work] == [("style", 0.1), ("depth", 0.5)]
    assert entries(joined)["style"].capability == "inference"
    assert [rung.name for rung in entries(joined)["style"].model.rungs] == ["style", "repeat"]


@pytest.mark.parametrize("name", ["detect", "style", "host", "texture"])
def test_a_name_is_taken_once(name: str) -> None:
    with pytest.raises(ConfigError, match=f"a model or a kind of work {name!r} already"):
        with_models(CAPABILITIES, specs([module(), module(name)]))


def test_a_model_of_a_known_name_replaces_that() -> None:
    other = replace(entries(CAPABILITIES)["avatar"].model, weights=())
    assert entries(with_models(CAPABILITIES, [other]))["avatar"].model is other


def test_the_package_offers_what_a_declaration_needs_and_nothing_else() -> None:
    assert bridge.ModuleModel is ModuleModel
    with pytest.raises(AttributeError, match="no attribute 'Modul'"):
        bridge.Modul  # noqa: B018
