"""What is not read exactly is refused in a sentence that names it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.gguf import file as gguf
from models.language.architecture import Architecture
from models.language.checkpoints.folder import folder_checkpoint
from models.language.checkpoints.gguf_metadata import architecture_of, gguf_checkpoint
from models.language.checkpoints.hf_config import architecture_in
from tests.models.language.families.cases import CASES, LINEAR, LLAMA3, YARN, made, saved
from tests.models.language.families.converted import convert, metadata


def described(name: str = "llama2") -> dict[str, Any]:
    """A config.json."""
    found: dict[str, Any] = json.loads(CASES[name].to_json_string(use_diff=False))
    return found


# -- config.json -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("llama2", {"model_type": "gemma2"}, "model_type is 'gemma2'; llama, mistral, qwen2, qwen3 are read"),
        ("llama2", {"model_type": "qwen3_moe"}, "model_type is 'qwen3_moe'"),
        ("llama2", {"model_type": ["llama"]}, "model_type is"),
        ("llama2", {"hidden_act": "gelu"}, r"hidden_act to gelu, which is not read \(only silu is\)"),
        ("llama2", {"attention_bias": True}, "attention_bias to True"),
        ("llama2", {"mlp_bias": True}, "mlp_bias to True"),
        ("qwen2", {"num_experts": 8}, "num_experts to 8"),
        ("llama2", {"final_logit_softcapping": 30.0}, "final_logit_softcapping to 30.0, which is not read;"),
        ("llama2", {"attn_logit_softcapping": 50.0}, "attn_logit_softcapping"),
        ("llama2", {"quantization_config": {"quant_method": "awq"}}, "quantization_config"),
        ("llama2", {"auto_map": {"AutoModel": "code.Model"}}, "auto_map"),
        ("llama2", {"partial_rotary_factor": 0.5}, "partial_rotary_factor to 0.5"),
        ("llama2", {"rope_parameters": {**LINEAR, "partial_rotary_factor": 0.25}}, "partial_rotary_factor"),
        ("llama2", {"rope_parameters": {**LINEAR, "rope_type": "dynamic"}}, "rope_type is 'dynamic'; default, linear"),
        ("llama2", {"rope_scaling": {"type": "longrope", "short_factor": [1]}}, "rope_type is 'longrope'"),
        ("llama2", {"rope_scaling": {"type": "default", "mrope_section": [1, 2]}}, "rope_type is 'default'"),
        ("llama2", {"rope_parameters": {"full_attention": {"rope_theta": 1.0}}}, "differ from layer to layer"),
        ("llama2", {"rope_parameters": {"rope_type": "linear"}}, "rope_parameters: factor is missing"),
        ("llama2", {"rope_parameters": {**LINEAR, "factor": float("nan")}}, "rope factor is nan"),
        ("llama2", {"rope_parameters": {**YARN, "factor": "4"}}, "factor is 4, where a number is needed"),
        ("llama2", {"rope_parameters": {**LLAMA3, "high_freq_factor": 0.5}}, "high_freq_factor is 0.5"),
        ("llama2", {"num_hidden_layers": None}, "num_hidden_layers is missing, where a whole number is needed"),
        ("llama2", {"num_hidden_layers": 2.0}, "num_hidden_layers is 2.0"),
        ("llama2", {"num_hidden_layers": 10**400}, "num_hidden_layers is 10000"),
        ("llama2", {"num_attention_heads": 0}, "heads is 0"),
        ("llama2", {"num_key_value_heads": 3}, "4 heads of 16 values over 3 keys"),
        ("llama2", {"rms_norm_eps": -1.0}, "epsilon is -1"),
        ("llama2", {"tie_word_embeddings": "no"}, "tie_word_embeddings is no, where true or false is needed"),
        ("qwen3", {"layer_types": ["full_attention", "linear_attention"]}, "layer_types"),
    ],
)
def test_a_config_is_read_or_refused_by_name(name: str, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        architecture_in(described(name) | change)


@pytest.mark.parametrize("name", CASES)
def test_version_4_of_transformers_said_the_same_otherwise(name: str) -> None:
    config = described(name)
    old = dict(config)
    rope = old.pop("rope_parameters")
    old["rope_theta"] = rope["rope_theta"]
    scaled = {key: value for key, value in rope.items() if key != "rope_theta"}
    old["rope_scaling"] = None if scaled == {"rope_type": "default"} else scaled
    assert architecture_in(old) == architecture_in(config)
    if old["rope_scaling"]:
        old["rope_scaling"]["type"] = old["rope_scaling"].pop("rope_type")
        assert architecture_in(old) == architecture_in(config)


def test_a_window_is_named_where_it_would_matter() -> None:
    mistral = architecture_in(described("mistral with a window"))
    mistral.check_context(128)
    with pytest.raises(ValueError, match=r"context of 129 tokens .* sliding window of 128.*ask for 128"):
        mistral.check_context(129)
    architecture_in(described("mistral")).check_context(256)


@pytest.mark.parametrize(
    ("change", "window"),
    [
        ({"use_sliding_window": False, "sliding_window": 32}, None),
        ({"use_sliding_window": True, "sliding_window": 32, "max_window_layers": 2}, None),
        ({"use_sliding_window": True, "sliding_window": 32, "max_window_layers": 1}, 32),
        ({"use_sliding_window": True, "sliding_window": 32, "layer_types": ["full_attention"] * 2}, None),
        ({"use_sliding_window": True, "sliding_window": 32, "layer_types": ["sliding_attention"] * 2}, 32),
    ],
)
def test_qwen_says_in_four_places_whether_it_has_a_window(change: dict[str, Any], window: int | None) -> None:
    config = described("qwen2") | {"layer_types": None} | change
    assert architecture_in(config).window == window


def test_a_context_longer_than_trained_is_refused() -> None:
    with pytest.raises(ValueError, match=r"context of 300 tokens is longer than the model knows; ask for 256"):
        architecture_in(described()).check_context(300)
    stretched = {"rope_parameters": {**YARN, "original_max_position_embeddings": 256}}
    architecture_in(described() | stretched).check_context(1024)


# -- GGUF --------------------------------------------------------------------------------------------------------------


def written(name: str, **changes: Any) -> gguf.GGUF:
    """Metadata alone; a key of None is left out."""
    found = metadata(CASES[name]) | changes
    return gguf.GGUF({key: value for key, value in found.items() if value is not None}, {})


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("llama2", {"general.architecture": "gemma3"}, "architecture is 'gemma3'; llama, qwen2, qwen3 are read"),
        ("llama2", {"general.architecture": None}, "no str 'general.architecture'"),
        ("llama2", {"llama.expert_count": 8}, "sets llama.expert_count to 8, which is not read"),
        ("qwen2", {"qwen2.final_logit_softcapping": 30.0}, "qwen2.final_logit_softcapping"),
        ("llama2", {"llama.attention.causal": False}, "llama.attention.causal is False"),
        ("llama2", {"llama.rope.dimension_count": 8}, r"rope.dimension_count is 8, not 16: rotations of whole heads"),
        ("llama2", {"llama.attention.value_length": 8}, "value_length is 8, not 16: values as wide as keys"),
        ("llama2", {"llama.rope.scaling.type": "longrope"}, "rope.scaling.type is 'longrope'; none, linear and yarn"),
        ("yarn", {"qwen2.rope.scaling.yarn_ext_factor": 0.5}, "yarn_ext_factor is 0.5"),
        ("yarn", {"qwen2.rope.scaling.yarn_attn_factor": 2.0}, "yarn_attn_factor is 2"),
        ("llama2", {"llama.block_count": None}, "llama.block_count is missing, not a whole number"),
        ("llama2", {"llama.block_count": True}, "llama.block_count is True, not a whole number"),
        ("llama2", {"llama.attention.head_count": [4, 4]}, r"head_count is \[4, 4\], not a whole number"),
        ("llama2", {"llama.attention.head_count": 0}, "heads is 0"),
        ("llama2", {"llama.rope.freq_base": float("nan")}, "rope base is nan"),
        ("llama2", {"llama.attention.layer_norm_rms_epsilon": "small"}, "rms_epsilon is small, not a number"),
    ],
)
def test_metadata_are_read_or_refused_by_name(name: str, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        architecture_of(written(name, **changes))


def test_keys_that_say_that_a_part_is_absent_are_harmless() -> None:
    absent = {"llama.expert_count": 0, "llama.final_logit_softcapping": 0.0, "llama.rope.scaling.finetuned": True}
    assert architecture_of(written("llama2", **absent)) == architecture_of(written("llama2"))


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in ("llama3", "odd yarn", "mistral with a window")]
)
def test_both_formats_say_the_same_of_a_model(name: str, tmp_path: Path) -> None:
    file = gguf.read(convert(made(CASES[name]), tmp_path / "model.gguf"))
    ours, theirs = architecture_of(file), architecture_in(described(name))
    for field in Architecture.__slots__:
        if field not in ("family", "halves", "epsilon"):
            assert getattr(ours, field) == getattr(theirs, field), field
    assert ours.epsilon == pytest.approx(theirs.epsilon)


def test_two_scalings_are_one_too_many(tmp_path: Path) -> None:
    more = {"llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 4.0}
    file = gguf.read(convert(made(CASES["llama3"]), tmp_path / "model.gguf", more=more))
    with pytest.raises(ValueError, match=r"scales rotations twice"):
        architecture_of(file)


# -- tensors -----------------------------------------------------------------------------------------------------------


def test_tensors_that_do_not_fit_are_named(tmp_path: Path) -> None:
    file = gguf.read(convert(made(CASES["qwen2"]), tmp_path / "model.gguf"))

    def refused(**tensors: gguf.Tensor | None) -> str:
        changed = {name: t for name, t in (file.tensors | tensors).items() if t is not None}
        with pytest.raises(ValueError, match=r"^model\.gguf") as refusal:
            gguf_checkpoint(gguf.GGUF(file.metadata, changed), "model.gguf")
        return str(refusal.value)

    assert "lacks the tensor blk.1.attn_k.bias" in refused(**{"blk.1.attn_k.bias": None})
    narrow = file.tensors["blk.0.ffn_up.weight"]
    assert "blk.0.attn_q.weight has 96 x 64 values where its configuration says 64 x 64" in refused(
        **{"blk.0.attn_q.weight": narrow}
    )
    assert "has a tensor blk.0.attn_output.bias, which no qwen2 model has" in refused(
        **{"blk.0.attn_output.bias": file.tensors["blk.0.attn_q.bias"]}
    )


def test_a_folder_names_tensors_as_transformers_does(tmp_path: Path) -> None:
    folder = saved(made(CASES["qwen2"]), tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(ValueError, match=r"model lacks the tensor model\.layers\.2\.input_layernorm\.weight"):
        folder_checkpoint(folder)
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 1}))
    with pytest.raises(ValueError, match=r"model has a tensor model\.layers\.1\."):
        folder_checkpoint(folder)


def test_divisors_have_to_be_as_many_as_pairs(tmp_path: Path) -> None:
    file = gguf.read(convert(made(CASES["llama3"]), tmp_path / "model.gguf"))
    few = file.tensors["rope_freqs.weight"]
    short = gguf.Tensor(few.kind, (3,), np.array(few.blocks[:3]))
    with pytest.raises(ValueError, match="3 rope divisors for 8 pairs"):
        architecture_of(gguf.GGUF(file.metadata, {**file.tensors, "rope_freqs.weight": short}))
