"""Answers of each task are what transformers gives when it is called directly, to the bit, sliced or not."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import transformers as hf

from models.hf.detection import best
from tests.models.hf.checkpoints import CASES, PICTURES
from tests.models.hf.conftest import Saved
from tests.models.hf.programs import batch, program, rows, run

CASES_OF = {
    "classification": ["vit", "resnet", "mobilevit"],
    "detection": ["yolos", "detr", "conditional"],
    "depth": ["dpt", "glpn"],
}


def direct(folder: Path, inputs: dict[str, torch.Tensor]) -> Any:
    """What transformers answers."""
    (architecture,) = hf.AutoConfig.from_pretrained(folder).architectures
    return getattr(hf, architecture).from_pretrained(folder).eval()(**inputs)


def answers(folder: Path) -> tuple[list[dict[str, np.ndarray]], Any, torch.Tensor]:
    """Those of three pictures, sliced; and transformers' to the same."""
    of = program(folder)
    sent = rows(of, 3)
    assert of.lanes[0].stages > 20, "it is suspended inside the model"
    pixels = of._module.normalise(batch(sent), torch.float32)
    return run(of, sent), direct(folder, {"pixel_values": pixels}), batch(sent)


@pytest.mark.parametrize("case", PICTURES)
def test_pictures_are_normalised_as_the_processor_does_it(saved: Saved, case: str) -> None:
    of = program(saved(case))
    pictures = batch(rows(of, 2))
    as_they_are = {"do_resize": False, "do_center_crop": False, "do_pad": False}
    said = hf.AutoImageProcessor.from_pretrained(saved(case))
    expected = said(list(pictures.numpy()), return_tensors="pt", **as_they_are)["pixel_values"]
    torch.testing.assert_close(of._module.normalise(pictures, torch.float32), expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(("offset", "top"), [(False, False), (True, True)])
def test_efficientnet_has_steps_of_its_own(tmp_path: Path, offset: bool, top: bool) -> None:
    steps = {"rescale_offset": offset, "include_top": top, "image_std": [0.4, 0.5, 0.6], "rescale_factor": 1 / 127.5}
    case = dataclasses.replace(
        CASES["vit"], processor=lambda: hf.EfficientNetImageProcessor(size={"height": 32, "width": 32}, **steps)
    )
    case.save(tmp_path / "vit")
    test_pictures_are_normalised_as_the_processor_does_it(lambda name: tmp_path / name, "vit")


@pytest.mark.parametrize("case", CASES_OF["classification"])
def test_classification_gives_the_likelihood_of_each_label(saved: Saved, case: str) -> None:
    found, expected, _ = answers(saved(case))
    np.testing.assert_array_equal([row["scores"] for row in found], expected.logits.softmax(-1).numpy())
    np.testing.assert_allclose([row["scores"].sum() for row in found], 1, rtol=1e-6)


@pytest.mark.parametrize("case", CASES_OF["detection"])
def test_detection_gives_the_finds_that_transformers_gives_best_first(saved: Saved, case: str) -> None:
    found, expected, _ = answers(saved(case))
    processor = hf.AutoImageProcessor.from_pretrained(saved(case))
    every = {"top_k": expected.logits.shape[1]} if case == "conditional" else {}
    for row, theirs in zip(
        found, processor.post_process_object_detection(expected, threshold=0.0, **every), strict=True
    ):
        order = theirs["scores"].sort(descending=True, stable=True).indices
        assert len(order) == len(row["scores"])
        for ours, name in (("boxes", "boxes"), ("scores", "scores"), ("labels", "labels")):
            np.testing.assert_array_equal(row[ours], theirs[name][order].numpy())


@pytest.mark.parametrize("case", CASES_OF["depth"])
def test_depth_has_the_picture_s_size(saved: Saved, case: str) -> None:
    found, expected, pictures = answers(saved(case))
    assert expected.predicted_depth.shape == pictures.shape[:3]
    np.testing.assert_array_equal([row["depth"] for row in found], expected.predicted_depth.numpy())


def test_depth_of_another_size_is_resized_as_the_processor_does_it(
    saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = program(saved("dpt"))
    sent, model = rows(of, 2), of._module.model
    full = model.forward

    def half(**inputs: Any) -> Any:
        answer = full(**inputs)
        answer.predicted_depth = answer.predicted_depth[:, ::2, ::2].contiguous()
        return answer

    monkeypatch.setattr(model, "forward", half)
    answer = model(pixel_values=of._module.normalise(batch(sent), torch.float32))
    processor = hf.AutoImageProcessor.from_pretrained(saved("dpt"))
    expected = processor.post_process_depth_estimation(answer, target_sizes=[(64, 64)] * 2)
    for row, theirs in zip(run(of, sent), expected, strict=True):
        np.testing.assert_array_equal(row["depth"], theirs["predicted_depth"].numpy())


def test_super_resolution_gives_bytes(saved: Saved) -> None:
    found, expected, pictures = answers(saved("swin2sr"))
    theirs = (expected.reconstruction.clamp(0, 1) * 255).round().permute(0, 2, 3, 1).numpy()
    assert theirs.std() > 1
    for row, picture in zip(found, theirs, strict=True):
        assert row["image"].dtype == np.uint8
        assert row["image"].shape == (2 * pictures.shape[1], 2 * pictures.shape[2], 3)
        np.testing.assert_array_equal(row["image"], picture)


@pytest.mark.parametrize(
    ("case", "vector"),
    [("dino", lambda answer: answer.last_hidden_state[:, 0]), ("clip", lambda answer: answer.image_embeds)],
)
def test_a_picture_s_embedding_has_length_one(saved: Saved, case: str, vector: Any) -> None:
    found, expected, _ = answers(saved(case))
    theirs = F.normalize(vector(expected), dim=-1).numpy()
    np.testing.assert_array_equal([row["embedding"] for row in found], theirs)
    np.testing.assert_allclose(np.linalg.norm(theirs, axis=1), 1, rtol=1e-6)


def test_super_resolution_is_kept_to_what_a_byte_holds(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    of = program(saved("swin2sr"))
    made = torch.tensor([-1.0, 0.0, 0.5, 1.0, 2.0, torch.nan]).expand(1, 3, 1, 6)
    monkeypatch.setattr(of._module.model, "forward", lambda **inputs: SimpleNamespace(reconstruction=made))
    assert run(of, rows(of, 1))[0]["image"][0, :, 0].tolist() == [0, 0, 128, 255, 255, 0]


def test_the_best_finds_of_several_labels() -> None:
    exclusive = torch.tensor([[[1.0, 0, 0, 9], [0, 5, 0, 0], [0, 0, 7, 0]]])
    scores, labels, queries = best(exclusive, 3)
    assert labels.tolist() == [[2, 1, 0]]
    assert queries.tolist() == [[2, 1, 0]]
    torch.testing.assert_close(scores, exclusive.softmax(-1)[0, [2, 1, 0], [2, 1, 0]][None])
    scores, labels, queries = best(torch.tensor([[[1.0, 6, 5], [0, 0, 4]]]), 3)
    assert (labels.tolist(), queries.tolist()) == ([[1, 2]], [[0, 0]]), "one query may be two finds"
    torch.testing.assert_close(scores, torch.tensor([[6.0, 5.0]]).sigmoid())


@pytest.mark.parametrize(("case", "dtype"), [("vit", torch.float16), ("resnet", torch.bfloat16)])
def test_weights_keep_their_number_format_and_answers_are_float32(
    tmp_path: Path, case: str, dtype: torch.dtype
) -> None:
    dataclasses.replace(CASES[case], model=lambda: CASES[case].model().to(dtype)).save(tmp_path / case)
    of = program(tmp_path / case)
    sent = rows(of, 3)
    pixels = of._module.normalise(batch(sent), dtype)
    assert of._module.model.dtype is pixels.dtype is dtype
    expected = direct(tmp_path / case, {"pixel_values": pixels}).logits.float().softmax(-1)
    found = [row["scores"] for row in run(of, sent)]
    assert found[0].dtype == np.float32
    np.testing.assert_array_equal(found, expected.numpy())
