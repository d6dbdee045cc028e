"""What the files of a folder in Hugging Face's layout say of special tokens: which there are, and what they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.language.tokenizers.json_files import read_optional
from models.language.tokenizers.listed import MOST_TOKENS, NAMED, TURN_ENDS

WHAT = "its special tokens"


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Names and ids. `added` has the control tokens too; `named` says what a template knows as bos_token and so on."""

    added: Mapping[str, int]
    control: Mapping[str, int]
    ends: frozenset[int]
    bos: int | None
    named: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path, stored: Mapping[str, Any], vocab: Mapping[str, int]) -> "SpecialTokens":
        """`stored` is tokenizer.json, `vocab` its vocabulary. ValueError if a file is damaged."""
        config = read_optional(folder / "tokenizer_config.json", WHAT)
        named = _named(read_optional(folder / "special_tokens_map.json", WHAT)) | _named(config)
        added, control = _added(stored)
        known = {**vocab, **added}
        purposes = {named[key] for key in ("bos_token", "eos_token") if named.get(key) in known}
        control |= {name: known[name] for name in purposes.union(TURN_ENDS.intersection(known))}
        ends = frozenset(control.values()) | {
            i
            for file in ("generation_config.json", "config.json")
            for i in _ids(read_optional(folder / file, WHAT).get("eos_token_id"), known.values())
        }
        adds = config.get("add_bos_token")
        begins = adds if isinstance(adds, bool) else _begins(stored, named.get("bos_token"))
        bos = known.get(named.get("bos_token", "")) if begins else None
        return cls(added | control, control, ends, bos, named)


def _named(config: Mapping[str, Any]) -> dict[str, str]:
    """What a file calls bos_token and so on: each a text, or an object with one."""
    found = {key: config.get(key) for key in NAMED}
    texts = {key: value.get("content") if isinstance(value, dict) else value for key, value in found.items()}
    return {key: text for key, text in texts.items() if isinstance(text, str)}


def _added(stored: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """The added tokens, and those of them that are control tokens."""
    tokens = stored.get("added_tokens") or []
    added, control = dict[str, int](), dict[str, int]()
    for token in tokens if isinstance(tokens, list) else ():
        name, i = (token.get("content"), token.get("id")) if isinstance(token, dict) else (None, None)
        if not isinstance(name, str) or not name or not isinstance(i, int) or not 0 <= i < MOST_TOKENS:
            raise ValueError("tokenizer.json has an added token without a name and an id; fetch the folder again")
        added[name] = i
        if token.get("special"):
            control[name] = i
    return added, control


def _ids(value: object, known: Iterable[int]) -> set[int]:
    """One id or a list of them, as far as they are tokens."""
    given = value if isinstance(value, list) else [value]
    return {i for i in given if isinstance(i, int)}.intersection(known)


def _begins(stored: Mapping[str, Any], bos: str | None) -> bool:
    """Whether the tokenizer's own post-processor puts `bos` in front."""
    stage = stored.get("post_processor")
    stages = stage.get("processors", [stage]) if isinstance(stage, dict) else []
    for part in stages if isinstance(stages, list) else ():
        single = part.get("single") if isinstance(part, dict) else None
        begin = single[0] if isinstance(single, list) and single else None
        if isinstance(begin, dict) and isinstance(begin.get("SpecialToken"), dict):
            return bos is not None and bool(begin["SpecialToken"].get("id") == bos)
    return False
