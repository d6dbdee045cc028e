"""Ids equal llama.cpp's, for vocabularies of every kind (`make_token_ids.py` wrote both)."""

from itertools import combinations
from pathlib import Path

import pytest

from models.gguf import file as gguf
from models.language.tokenizers.loading import tokenizer_of
from models.language.tokenizers.splitting import SPLITTINGS
from models.language.tokenizers.tokenizer import Tokenizer
from tests.models.language.tokenizers.hostile import COUNT
from tests.models.language.tokenizers.vocabulary_files import (
    BYTE_LEVEL,
    KINDS,
    Trained,
    Value,
    sentence_pieces,
    write_gguf,
)

TRAINED = Trained()


def tokenizer_from(folder: Path, metadata: dict[str, Value]) -> Tokenizer:
    return tokenizer_of(gguf.read(write_gguf(folder / "vocabulary.gguf", metadata)))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tokenizer(kind: str, tmp_path: Path) -> Tokenizer:
    return tokenizer_from(tmp_path, TRAINED.metadata(kind))


def test_ids_are_llama_cpps(kind: str, tmp_path: Path) -> None:
    assert len(TRAINED.texts) == COUNT
    tokenizer = tokenizer_from(tmp_path, TRAINED.metadata(kind))
    pairs = zip(TRAINED.texts, TRAINED.ids(kind), strict=True)
    wrong = [ascii(text)[:60] for text, ids in pairs if tokenizer.encode(text) != ids]
    assert not wrong, TRAINED.source


def test_no_text_becomes_a_special_token(tokenizer: Tokenizer) -> None:
    for text in (*TRAINED.texts, *tokenizer.special, "".join(tokenizer.special), " ".join(tokenizer.special)):
        assert tokenizer.ends.isdisjoint(tokenizer.encode(text))
        assert set(tokenizer.special.values()).isdisjoint(tokenizer.encode(text, first=False))


def test_tokens_spell_the_text(kind: str, tokenizer: Tokenizer) -> None:
    for text in TRAINED.texts:
        spelt = b"".join(map(tokenizer.bytes, tokenizer.encode(text))).decode()
        if kind in BYTE_LEVEL:
            assert spelt == text
        else:  # SentencePiece does not tell its mark for a space from a space
            assert spelt == (" " if kind == "spm" and text else "") + text.replace("\u2581", " ")


def test_special_tokens_show_nothing(tokenizer: Tokenizer) -> None:
    assert {tokenizer.bytes(i) for i in tokenizer.special.values()} == {b""}
    assert tokenizer.ends == frozenset(tokenizer.control.values())
    assert tokenizer.bytes(tokenizer.size) == b""
    assert len(tokenizer) == tokenizer.size == len(tokenizer.vocabulary.pieces)


@pytest.mark.parametrize(("one", "other"), list(combinations(KINDS, 2)))
def test_the_references_tell_the_kinds_apart(one: str, other: str) -> None:
    """Each pair of kinds differs, so a tokenizer that splits as another would be found out."""
    assert sum(a != b for a, b in zip(TRAINED.ids(one), TRAINED.ids(other), strict=True)) >= 5


@pytest.mark.parametrize("name", SPLITTINGS)
def test_other_names_of_a_splitting(name: str, tmp_path: Path) -> None:
    metadata = {**TRAINED.metadata("qwen2"), "tokenizer.ggml.pre": name}
    like = next(kind for kind in BYTE_LEVEL if SPLITTINGS[kind] == SPLITTINGS[name])
    tokenizer = tokenizer_from(tmp_path, metadata)
    assert [tokenizer.encode(text) for text in TRAINED.texts[:60]] == TRAINED.ids(like)[:60]


def test_a_file_that_names_no_splitting_is_split_by_default(tmp_path: Path) -> None:
    metadata = TRAINED.metadata("default")
    del metadata["tokenizer.ggml.pre"]
    assert [tokenizer_from(tmp_path, metadata).encode(text) for text in TRAINED.texts] == TRAINED.ids("default")


def test_whether_prompts_begin_with_a_bos_token(tmp_path: Path) -> None:
    """The kind says so unless the file does; Llama 3, tekken and SentencePiece begin with one."""
    for kind in KINDS:
        metadata = TRAINED.metadata(kind)
        begins = kind in ("llama-bpe", "tekken", "spm", "spm-bare")
        assert (tokenizer_from(tmp_path, metadata).bos == metadata["tokenizer.ggml.bos_token_id"]) is begins
        for said in (True, False):
            tokenizer = tokenizer_from(tmp_path, {**metadata, "tokenizer.ggml.add_bos_token": said})
            assert (tokenizer.bos is not None) is said


def test_tokens_of_the_vendor_are_never_read_from_a_text(tmp_path: Path) -> None:
    """Of ggml's type "user-defined": <think> may stand in a template, and a player cannot type it."""
    metadata = TRAINED.metadata("qwen2")
    names, kinds = list(metadata["tokenizer.ggml.tokens"]), list(metadata["tokenizer.ggml.token_type"])  # type: ignore[arg-type]
    added = {**metadata, "tokenizer.ggml.tokens": [*names, "<think>"], "tokenizer.ggml.token_type": [*kinds, 4]}
    tokenizer = tokenizer_from(tmp_path, added)
    assert tokenizer.special["<think>"] == len(names)
    assert "<think>" not in tokenizer.control
    assert tokenizer.bytes(len(names)) == b"<think>"
    assert len(names) not in tokenizer.encode("a <think>b</think><think>")
    assert len(names) not in tokenizer.ends


def test_a_token_that_ends_turns_is_control_whatever_its_type(tmp_path: Path) -> None:
    metadata = TRAINED.metadata("smollm")
    names, kinds = list(metadata["tokenizer.ggml.tokens"]), list(metadata["tokenizer.ggml.token_type"])  # type: ignore[arg-type]
    for type_ in (1, 4):
        marked = {**metadata, "tokenizer.ggml.tokens": [*names, "<end_of_turn>"]}
        tokenizer = tokenizer_from(tmp_path, {**marked, "tokenizer.ggml.token_type": [*kinds, type_]})
        assert tokenizer.control["<end_of_turn>"] == len(names)
        assert len(names) in tokenizer.ends


def test_pieces_that_spell_a_control_token_do_not_become_it(tmp_path: Path) -> None:
    """In llama.cpp they merge into it."""
    pieces = [(piece, -1.0) for piece in ("<", "/", "s", ">", "</", "s>")]
    tokenizer = tokenizer_from(tmp_path, sentence_pieces(pieces, prefix=False))
    assert tokenizer.bytes(tokenizer.control["</s>"]) == b""
    assert list(map(tokenizer.bytes, tokenizer.encode("</s>"))) == [b"</", b"s>"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("pre", "kimi-k2", "'kimi-k2', which is not known; known are .*qwen2"),
        ("model", "bert", "'bert'; gpt2 .* llama"),
        ("merges", ["ab"], "'ab' is not two tokens"),
        ("token_type", [1, 1], "do not fit one another"),
    ],
)
def test_a_tokenizer_that_cannot_be_read_is_refused(key: str, value: Value, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        tokenizer_from(tmp_path, {**TRAINED.metadata("qwen2"), f"tokenizer.ggml.{key}": value})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [("scores", [0.5], "scores do not fit"), ("tokens", ["<0xZZ>"] * 6, "do not fit one another")],
)
def test_damaged_pieces_are_refused(key: str, value: Value, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        tokenizer_from(tmp_path, {**TRAINED.metadata("spm"), f"tokenizer.ggml.{key}": value})


def test_ids_out_of_the_vocabulary_are_nobodys(tmp_path: Path) -> None:
    metadata = {**TRAINED.metadata("spm"), "tokenizer.ggml.bos_token_id": 10**6, "tokenizer.ggml.eos_token_id": 10**6}
    tokenizer = tokenizer_from(tmp_path, metadata)
    assert tokenizer.bos is None
    assert max(tokenizer.ends) < tokenizer.size
