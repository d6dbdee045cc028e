"""Whatever stands in a configuration, it is read or refused in a sentence."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.gguf import file as gguf
from models.language.checkpoints.gguf_metadata import architecture_of
from models.language.checkpoints.hf_config import architecture_in
from tests.models.language.families.cases import CASES, LINEAR, LLAMA3, YARN
from tests.models.language.families.converted import metadata
from tests.models.language.families.test_refused import described

NUMBERS = st.integers(-(10**400), 10**400) | st.integers(-3, 300) | st.floats()
PLAIN = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)
JUNK = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=8), PLAIN, max_size=3)
STORED = st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.integers(-3, 300) | st.floats() | st.text(max_size=8)
FAMILIES = ("llama3", "yarn", "odd yarn", "mistral with a window", "qwen2")
ROPES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(sorted({*LINEAR, *LLAMA3, *YARN, "type", "beta_fast", "mscale", "truncate"}), JUNK)
)
SCALED = st.sampled_from([LINEAR, LLAMA3, YARN]).flatmap(lambda rope: ROPES.map(lambda junk: {**rope, **junk}))
KEYS = (*described("llama3"), "rope_scaling", "rope_theta", "use_sliding_window", "layer_types")
IN_GGUF = (
    *(key.partition(".")[2] for key in metadata(CASES["yarn"]) if key.startswith("qwen2.")),
    "attention.sliding_window",
    "rope.dimension_count",
    "rope.scale_linear",
    "rope.scaling.yarn_beta_fast",
    "rope.scaling.attn_factor",
    "expert_count",
)
CONFIGURATIONS = {name: described(name) for name in FAMILIES}

often = settings(derandomize=True, max_examples=400, deadline=None)


@often
@given(st.sampled_from(FAMILIES), st.dictionaries(st.sampled_from(KEYS), JUNK, min_size=1, max_size=2))
@example("llama3", {"max_position_embeddings": 10**400})
@example("yarn", {"max_position_embeddings": 10**400})
@example("llama3", {"model_type": {}})
def test_any_config(name: str, changes: dict[str, Any]) -> None:
    architecture_or_sentence(architecture_in, CONFIGURATIONS[name] | changes)


@often
@given(st.sampled_from(FAMILIES), SCALED)
@example("llama3", {**YARN, "original_max_position_embeddings": 0})
@example("llama3", {**YARN, "factor": float("inf")})
@example("llama3", {**YARN, "mscale": 1e300, "mscale_all_dim": 1e300})
def test_any_scaling(name: str, rope: dict[str, Any]) -> None:
    architecture_or_sentence(architecture_in, CONFIGURATIONS[name] | {"rope_parameters": rope})


@often
@given(st.dictionaries(st.sampled_from(IN_GGUF), STORED, min_size=1, max_size=3))
@example({"rope.scaling.factor": float("nan")})
@example({"context_length": -(10**18)})
def test_any_metadata(changes: dict[str, Any]) -> None:
    found = metadata(CASES["yarn"]) | {f"qwen2.{key}": value for key, value in changes.items()}
    architecture_or_sentence(architecture_of, gguf.GGUF(found, {}))


def architecture_or_sentence(read: Any, said: Any) -> None:
    sentence = ""
    try:
        architecture = read(said)
    except ValueError as refusal:
        sentence = str(refusal)
    else:
        assert architecture.heads % architecture.kv_heads == 0
        assert sum(1 for _ in architecture.tensors()) > 10
    assert len(sentence) < 400
