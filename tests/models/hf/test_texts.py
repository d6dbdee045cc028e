"""Encoders of texts: pooled as their files say, and padding changes nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import transformers as hf

from tests.models.hf.checkpoints import CASES, TEXTS
from tests.models.hf.conftest import Saved
from tests.models.hf.programs import batch, program, rows, run
from tests.models.hf.test_answers import direct


def folder_of_sentence_transformers(folder: Path, pooling: dict[str, Any], *more: str) -> Path:
    CASES["bert"].save(folder)
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), *((f"2_{kind}", kind) for kind in more)]
    layers = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in kinds]
    (folder / "modules.json").write_text(json.dumps(layers))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


@pytest.mark.parametrize("case", ["bert", "modernbert"])
def test_an_embedding_is_the_mean_over_the_tokens(saved: Saved, case: str) -> None:
    of = program(saved(case))
    sent = rows(of, 3)
    hidden = direct(saved(case), {"input_ids": batch(sent)}).last_hidden_state
    np.testing.assert_allclose([row["embedding"] for row in run(of, sent)], F.normalize(hidden.mean(1)), atol=1e-6)


@pytest.mark.parametrize("case", TEXTS)
def test_it_is_bit_equal_to_transformers_with_the_same_mask(saved: Saved, case: str) -> None:
    of = program(saved(case))
    assert of.lanes[0].stages > 20
    sent = rows(of, 3)
    sent[1]["input_ids"][5:] = 0
    ids = batch(sent)
    mask = (ids != 0).long()
    answer = direct(saved(case), {"input_ids": ids, "attention_mask": mask})
    if case == "clip_text":
        vectors = answer.text_embeds
    else:
        vectors = (answer.last_hidden_state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    np.testing.assert_array_equal([row["embedding"] for row in run(of, sent)], F.normalize(vectors).numpy())


@pytest.mark.parametrize("case", ["bert", "modernbert"])
def test_a_padded_text_has_the_embedding_of_the_text(saved: Saved, case: str) -> None:
    of = program(saved(case))
    (text,) = rows(of, 1, 5)
    padded = {"input_ids": np.concatenate([text["input_ids"], np.zeros(11, np.int64)])}
    (one,), (other,) = run(of, [text]), run(of, [padded])
    np.testing.assert_allclose(one["embedding"], other["embedding"], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(one["embedding"]), 1, rtol=1e-6)


def test_there_is_a_lane_for_each_power_of_two_up_to_the_longest_text(saved: Saved) -> None:
    lanes = [lane.name for lane in program(saved("bert")).lanes]
    assert lanes == [f"bert.{tokens}" for tokens in (1, 2, 4, 8, 16, 32, 40)]
    assert [lane.name for lane in program(saved("bert"), "?tokens=3").lanes] == ["bert.1", "bert.2", "bert.3"]


@pytest.mark.parametrize("pooling", [{"pooling_mode": "cls"}, {"pooling_mode_cls_token": True}])
def test_the_first_token_is_taken_where_the_files_say_so(tmp_path: Path, pooling: Any) -> None:
    folder = folder_of_sentence_transformers(tmp_path / "bert", pooling, "Normalize")
    of = program(folder)
    sent = rows(of, 2)
    inputs = {"input_ids": batch(sent), "attention_mask": torch.ones(2, 8, dtype=torch.int64)}
    first = direct(folder, inputs).last_hidden_state[:, 0]
    np.testing.assert_array_equal([row["embedding"] for row in run(of, sent)], F.normalize(first).numpy())


@pytest.mark.parametrize("pooling", [{"pooling_mode": "mean"}, {"pooling_mode_mean_tokens": True}, {}])
def test_the_mean_is_taken_where_the_files_say_so_or_nothing(tmp_path: Path, saved: Saved, pooling: Any) -> None:
    of, plain = program(folder_of_sentence_transformers(tmp_path / "bert", pooling)), program(saved("bert"))
    sent = rows(of, 1)
    np.testing.assert_array_equal(run(of, sent)[0]["embedding"], run(plain, sent)[0]["embedding"])


@pytest.mark.parametrize(
    ("pooling", "more", "sentence"),
    [
        ({"pooling_mode": "lasttoken"}, (), "pools its tokens by lasttoken; mean and cls are served; wrap the model"),
        ({"pooling_mode_max_tokens": True}, (), "pools its tokens by pooling_mode_max_tokens; mean"),
        ({}, ("Dense",), r"modules.json adds layers that are not served \(Dense\); wrap the model"),
    ],
)
def test_other_poolings_and_layers_are_refused(tmp_path: Path, pooling: Any, more: Any, sentence: str) -> None:
    folder = folder_of_sentence_transformers(tmp_path / "bert", pooling, *more)
    with pytest.raises(ValueError, match=sentence):
        program(folder)


def test_layers_that_are_no_list_are_refused(tmp_path: Path) -> None:
    folder = folder_of_sentence_transformers(tmp_path / "bert", {})
    for text in ("{}", '["Pooling"]'):
        (folder / "modules.json").write_text(text)
        with pytest.raises(
            ValueError, match=r"modules.json (holds no JSON list|is not a list of layers); save or downl"
        ):
            program(folder)


def test_a_pooler_s_weights_are_not_needed(tmp_path: Path) -> None:
    config = hf.BertConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, vocab_size=100
    )
    hf.BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "bert")
    of = program(tmp_path / "bert", "?tokens=8")
    assert of._module.model.pooler is None
    assert run(of, rows(of, 1))[0]["embedding"].shape == (32,)


def test_a_decoder_that_embeds_keeps_no_cache(tmp_path: Path) -> None:
    small = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = hf.Qwen3Config(**small, num_key_value_heads=1, head_dim=16, vocab_size=100)
    hf.Qwen3Model(config).save_pretrained(tmp_path / "qwen")
    of = program(tmp_path / "qwen", "?tokens=8")
    sent = rows(of, 2)
    assert of._module.model(input_ids=batch(sent)).past_key_values is None
    hidden = direct(tmp_path / "qwen", {"input_ids": batch(sent)}).last_hidden_state
    np.testing.assert_allclose([row["embedding"] for row in run(of, sent)], F.normalize(hidden.mean(1)), atol=1e-6)
