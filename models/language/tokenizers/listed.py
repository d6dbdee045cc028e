"""What a GGUF file lists of its tokens: names, kinds, and the purposes of the special ones.

Source: ggml's docs/gguf.md, and llama.cpp's llama-vocab.cpp for what a missing key means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from models.gguf.file import GGUF
from models.language.tokenizers.tokenizer import Vocabulary

MOST_TOKENS = 1 << 20
ENDS = ("eos_token_id", "eot_token_id", "eom_token_id")
NAMED = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unknown", "pad_token": "padding"}

# Converters sometimes mark these as ordinary tokens; llama.cpp takes them for control tokens by name, and so do we.
TURN_ENDS = frozenset(
    (
        *("<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>"),
        *("<EOT>", "_<EOT>", "[EOT]", "<\uff5cend\u2581of\u2581sentence\uff5c>", "<end_of_utterance>"),
    )
)


class Kind(IntEnum):
    """ggml's types of tokens."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3  # such as <|im_start|>
    ADDED = 4  # "user-defined": added by the vendor, such as <think>
    UNUSED = 5
    BYTE = 6  # <0x0A> and the like, for what the vocabulary cannot spell


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of all tokens and their kinds, by id."""

    names: Sequence[str]
    kinds: Sequence[int]

    @classmethod
    def of(cls, file: GGUF) -> "Listed":
        """ValueError if the lists are missing, differ in length or hold something else than names and kinds."""
        names, kinds = file.value("tokenizer.ggml.tokens", list), file.value("tokenizer.ggml.token_type", list)
        if len(names) != len(kinds) or not all(isinstance(name, str) for name in names):
            raise ValueError("the GGUF file's tokens and their types do not fit one another; fetch the file again")
        if len(names) > MOST_TOKENS:
            raise ValueError(f"the GGUF file has {len(names)} tokens; a vocabulary of {MOST_TOKENS} at most is read")
        return cls(
            names, [Kind.CONTROL if name in TURN_ENDS else kind for name, kind in zip(names, kinds, strict=True)]
        )

    def of_kind(self, *kinds: Kind) -> dict[str, int]:
        """Names and ids of the tokens of these kinds."""
        return {name: i for i, (name, kind) in enumerate(zip(self.names, self.kinds, strict=True)) if kind in kinds}

    def vocabulary(self, file: GGUF, pieces: Sequence[bytes], *, begins: bool) -> Vocabulary:
        """`begins`: whether prompts begin with a BOS token where the file does not say so itself."""
        control = self.of_kind(Kind.CONTROL, Kind.UNKNOWN)
        named = {name: self._id(file, f"{key}_token_id") for name, key in NAMED.items()}
        adds = file.metadata.get("tokenizer.ggml.add_bos_token", begins)
        ends = {i for key in ENDS if (i := self._id(file, key)) is not None}
        return Vocabulary(
            pieces=pieces,
            control=control,
            special=control | self.of_kind(Kind.ADDED),
            ends=frozenset(control.values()) | ends,  # no control token belongs into a reply, so each of them ends it
            bos=named["bos_token"] if adds is True else None,
            named={name: self.names[i] for name, i in named.items() if i is not None},
        )

    def _id(self, file: GGUF, key: str) -> int | None:
        found = file.metadata.get(f"tokenizer.ggml.{key}")
        return found if isinstance(found, int) and 0 <= found < len(self.names) else None
