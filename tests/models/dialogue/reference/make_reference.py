# ruff: noqa: RUF001 - text is tricky on purpose
"""Writes models/weights/dialogue/reference.safetensors: what `transformers` makes of the same GGUF file.

Needs an environment of its own, none of this project's code, and about a minute:

    pip install torch==2.13.0 transformers==5.23.0 accelerate gguf safetensors

Run from the repository's root, with the path of the GGUF file:

    python tests/models/dialogue/reference/make_reference.py PATH/TO/SmolLM2-135M-Instruct.Q4_1.gguf
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from transformers import AutoModelForCausalLM, AutoTokenizer  # type: ignore[import-not-found,unused-ignore]

LIKELIEST = 24  # logits kept at every position, beside the sum over the whole vocabulary

CHATS: list[list[dict[str, str]]] = [
    [{"role": "user", "content": "Hello!"}],
    [
        {"role": "system", "content": "You are Borin, a gruff dwarven blacksmith in Harrow. A sword costs 30 gold."},
        {"role": "user", "content": "Good day. What do you sell, and what does it cost?"},
        {"role": "assistant", "content": "Swords, traveller. Thirty gold apiece, and not a copper less."},
        {"role": "user", "content": "That's a lot! Tell me about the first sword you made."},
    ],
    [
        {"role": "system", "content": "You are Mira, a herbalist.\n\nYou speak in short sentences."},
        {"role": "user", "content": "Mir ist kalt… 你好 🙂🧙‍♂️  Have you\tgot 17 roots & 2,500 leaves?\n\n- yes\n- no"},
    ],
]
TEXTS = [
    "",
    " ",
    "  leading and trailing  ",
    "It's 2024-11-23, isn't it? I'LL say we've 1234567890 reasons.",
    "x=3.14159;  y = 42 ",
    "tabs\tand\r\nlines\n\n\n  indented\n\ttabbed",
    "naïve café, Ærøskøbing, Straße, Ωmega, Привет мир, שלום, مرحبا, नमस्ते",
    "你好，世界。日本語のテキスト、한국어",
    "🙂🧙‍♂️👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 ﬁ ½ ² ٣ ४ Ⅷ",
    "\u00a0nbsp\u3000wide\u2028line\u200bzero",
    "¡¿…—–“quotes”‘single’?!?! ///\\\\ <tag/> [[x]] {{y}} @#$%^&*()",
    "aaaaaaaaaaaaaaaaaaaaaaaa                                 b",
    "\x00\x07\x1f\x7f control",
]


def main(path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    # transformers' GGUF conversion leaves SmolLM's own splitting out: each digit alone, then GPT-2's words.
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
    )
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
    tensors: dict[str, torch.Tensor] = {}
    for number, chat in enumerate(CHATS):
        rendered = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        ids = torch.tensor(tokenizer.encode(rendered, add_special_tokens=False))
        with torch.inference_mode():
            logits = model(ids[None]).logits[0]
        top = logits.topk(LIKELIEST)
        tensors[f"{number}.ids"] = ids.int()
        tensors[f"{number}.tokens"] = top.indices.int()
        tensors[f"{number}.logits"] = top.values.contiguous()
        tensors[f"{number}.total"] = logits.logsumexp(-1)
    texts = {text: tokenizer.encode(text, add_special_tokens=False) for text in TEXTS}
    metadata = {"chats": json.dumps(CHATS), "texts": json.dumps(texts), "source": path.name}
    target = Path("models/weights/dialogue/reference.safetensors")
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, target, metadata)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
