"""Small checkpoints of random weights, made with transformers' own classes; one for each way of answering."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers as hf

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
DETR = {
    "use_timm_backbone": False,
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "num_queries": 6,
    "num_labels": 4,
}


@dataclass(frozen=True)
class Case:
    """A model, its processor if it looks at pictures, and what is written after its folder."""

    model: Callable[[], Any]
    processor: Callable[[], Any] | None = None
    options: str = ""

    def save(self, folder: Path) -> None:
        """In the layout of the hub."""
        with torch.random.fork_rng(), torch.inference_mode(False):
            torch.manual_seed(0)
            self.model().save_pretrained(folder)
        if self.processor is not None:
            self.processor().save_pretrained(folder)


def resnet(**more: Any) -> Any:
    return hf.ResNetConfig(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic", **more)


def vit(**more: Any) -> Any:
    return hf.ViTConfig(**SMALL, image_size=32, patch_size=8, **more)


def detr(config: Any) -> Any:
    return config(**DETR, backbone_config=resnet(out_features=["stage2"]))


def dpt() -> Any:
    layers = {
        **SMALL,
        "num_hidden_layers": 4,
        "backbone_out_indices": [0, 1, 2, 3],
        "neck_hidden_sizes": [8, 8, 16, 16],
    }
    return hf.DPTConfig(**layers, image_size=64, patch_size=16, fusion_hidden_size=8, is_hybrid=False)


def glpn() -> Any:
    heads = {"num_attention_heads": [1, 1, 2, 2], "depths": [1, 1, 1, 1]}
    return hf.GLPNConfig(**heads, hidden_sizes=[8, 8, 16, 16], decoder_hidden_size=8)


def mobilevit() -> Any:
    sizes = {"hidden_sizes": [16, 16, 16], "neck_hidden_sizes": [8, 8, 8, 8, 16, 16, 32]}
    return hf.MobileViTConfig(**sizes, image_size=64, num_attention_heads=2, num_labels=5)


def square(edge: int) -> dict[str, int]:
    return {"height": edge, "width": edge}


CASES = {
    "vit": Case(
        lambda: hf.ViTForImageClassification(vit(num_labels=5)), partial(hf.ViTImageProcessor, size=square(32))
    ),
    "resnet": Case(
        lambda: hf.ResNetForImageClassification(resnet(num_labels=5)),
        partial(hf.ConvNextImageProcessor, size={"shortest_edge": 48}),
    ),
    "mobilevit": Case(
        lambda: hf.MobileViTForImageClassification(mobilevit()),
        partial(hf.MobileViTImageProcessor, crop_size=square(64)),
    ),
    "yolos": Case(
        lambda: hf.YolosForObjectDetection(
            hf.YolosConfig(**SMALL, image_size=[32, 48], patch_size=8, num_detection_tokens=7, num_labels=4)
        ),
        partial(hf.YolosImageProcessor, size={"height": 32, "width": 48}),
    ),
    "detr": Case(
        lambda: hf.DetrForObjectDetection(detr(hf.DetrConfig)),
        partial(hf.DetrImageProcessor, size={"shortest_edge": 60, "longest_edge": 90}),
    ),
    "conditional": Case(
        lambda: hf.ConditionalDetrForObjectDetection(detr(hf.ConditionalDetrConfig)),
        partial(hf.ConditionalDetrImageProcessor, size={"shortest_edge": 60, "longest_edge": 70}),
    ),
    "dpt": Case(lambda: hf.DPTForDepthEstimation(dpt()), partial(hf.DPTImageProcessor, size=square(64))),
    "glpn": Case(lambda: hf.GLPNForDepthEstimation(glpn()), hf.GLPNImageProcessor, "?size=64x96"),
    "swin2sr": Case(
        lambda: hf.Swin2SRForImageSuperResolution(
            hf.Swin2SRConfig(image_size=32, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=8, upscale=2)
        ),
        hf.Swin2SRImageProcessor,
    ),
    "dino": Case(lambda: hf.ViTModel(vit(), add_pooling_layer=False), partial(hf.ViTImageProcessor, size=square(32))),
    "clip": Case(
        lambda: hf.CLIPVisionModelWithProjection(
            hf.CLIPVisionConfig(**SMALL, image_size=32, patch_size=8, projection_dim=16)
        ),
        partial(hf.CLIPImageProcessor, size={"shortest_edge": 32}, crop_size=square(32)),
    ),
    "bert": Case(lambda: hf.BertModel(hf.BertConfig(**SMALL, vocab_size=100, max_position_embeddings=40))),
    "modernbert": Case(
        lambda: hf.ModernBertModel(
            hf.ModernBertConfig(
                **{**SMALL, "num_hidden_layers": 3},
                vocab_size=100,
                max_position_embeddings=32,
                pad_token_id=0,
                global_attn_every_n_layers=2,
                local_attention=8,
            )
        )
    ),
    "clip_text": Case(
        lambda: hf.CLIPTextModelWithProjection(
            hf.CLIPTextConfig(
                **SMALL, vocab_size=100, max_position_embeddings=16, projection_dim=16, pad_token_id=0, eos_token_id=99
            )
        )
    ),
}
PICTURES = [name for name, case in CASES.items() if case.processor is not None]
TEXTS = [name for name in CASES if name not in PICTURES]
