"""Small language models of architectures that only transformers knows, with a tokenizer of bytes and a template."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

from models.dialogue.chat_template import CHATML, CHATML_TOKENS
from models.hf.dialogue.program import HfDialogueProgram

SMALL: Mapping[str, Any] = {
    "vocab_size": 264,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": 257,
}
WINDOW = 48  # of the model with one, in tokens

TALKERS: Mapping[str, Callable[[], Any]] = {
    "plain": lambda: hf.GPTNeoXConfig(**SMALL),
    "window": lambda: hf.Gemma2Config(**SMALL, num_key_value_heads=2, head_dim=16, sliding_window=WINDOW),
    "recurrent": lambda: hf.Lfm2Config(
        **{**SMALL, "num_key_value_heads": 2, "layer_types": ["conv", "full_attention", "conv"]}
    ),
}


def save(kind: str, folder: Path) -> Path:
    """The folder of a model, as transformers saves it."""
    config = TALKERS[kind]()
    with torch.random.fork_rng(), torch.inference_mode(False):
        torch.manual_seed(0)
        hf.AutoModelForCausalLM.from_config(config).eval().save_pretrained(folder)
    add_tokenizer(folder)
    return folder


def add_tokenizer(folder: Path) -> None:
    letters = sorted(ByteLevel.alphabet())
    engine = Tokenizer(BPE({letter: place for place, letter in enumerate(letters)}, []))
    engine.pre_tokenizer = ByteLevel(add_prefix_space=False)
    engine.add_special_tokens([AddedToken(name, special=True) for name in CHATML_TOKENS])
    engine.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": CHATML_TOKENS[1]}))
    (folder / "chat_template.jinja").write_text(CHATML)


def program(folder: Path, slots: int = 4, context: int = 256) -> HfDialogueProgram:
    with torch.inference_mode():
        return HfDialogueProgram.load(
            torch.device("cpu"), model=str(folder), slots=slots, context=context, dtype=torch.float32
        )


def expected(folder: Path, prompt: list[int], count: int) -> list[int]:
    """What transformers generates after a prompt, the likeliest token each time."""
    model = hf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        ids = torch.tensor([prompt])
        found = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=count,
            suppress_tokens=list(range(258, SMALL["vocab_size"])),  # of which the tokenizer knows nothing
        )
    return [int(token) for token in found[0, len(prompt) :]]
