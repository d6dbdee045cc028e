"""Finds a model's chat template: in its GGUF file's metadata, or among the files of its folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.dialogue.rendering import LONGEST_TEMPLATE
from models.gguf.file import GGUF
from models.language.tokenizers.json_files import read_optional

# For a model that knows its tokens and brings no template that can be used.
CHATML = """{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{{ '<|im_start|>assistant\\n' }}"""
CHATML_TOKENS = ("<|im_start|>", "<|im_end|>")
WHAT = "its chat template"


def template_of(file: GGUF) -> str | None:
    """A GGUF file's template; of several named ones the default, or else the first for talk without tools."""
    names = file.metadata.get("tokenizer.chat_templates")
    listed = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    named = {name: file.metadata.get(f"tokenizer.chat_template.{name}") for name in listed}
    return _chosen({"default": file.metadata.get("tokenizer.chat_template"), **named})


def template_in(folder: Path) -> str | None:
    """A folder's template: chat_template.jinja, chat_template.json or tokenizer_config.json, as transformers looks.
    ValueError if a file is damaged.
    """
    path = folder / "chat_template.jinja"
    if path.is_file():
        with path.open("rb") as file:
            return file.read(4 * LONGEST_TEMPLATE + 4).decode(errors="replace")
    for name in ("chat_template.json", "tokenizer_config.json"):
        found = read_optional(folder / name, WHAT).get("chat_template")
        if isinstance(found, list):
            found = {one.get("name"): one.get("template") for one in found if isinstance(one, dict)}
        chosen = _chosen(found if isinstance(found, dict) else {"default": found})
        if chosen is not None:
            return chosen
    return None


def _chosen(templates: Mapping[Any, object]) -> str | None:
    texts = {name: text for name, text in templates.items() if isinstance(text, str) and text}
    plain = [text for name, text in texts.items() if name not in ("tool_use", "rag")]
    return texts.get("default") or next(iter(plain), None)
