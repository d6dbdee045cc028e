"""Tokenizers of folders: as the library has them, but for special tokens, which no text reaches."""

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteFallback, Fuse
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.decoders import Sequence as Decoders
from tokenizers.models import BPE, WordLevel
from tokenizers.pre_tokenizers import ByteLevel, Metaspace
from tokenizers.processors import TemplateProcessing

from models.language.tokenizers.loading import tokenizer_in
from tests.models.language.tokenizers.vocabulary_files import Trained

TRAINED = Trained()
SPLIT = '{"type": "Split", "pattern": {"Regex": "(a+)+c"}, "behavior": "Isolated", "invert": false}'
SPECIAL = ("<|bos|>", "<|im_end|>", "<|im_start|>")


def write(folder: Path, name: str, value: object) -> None:
    folder.joinpath(name).write_text(json.dumps(value))


def plain_engine() -> Tokenizer:
    """Byte-level BPE without any special token."""
    metadata = TRAINED.metadata("qwen2")
    merges = [tuple(str(merge).split(" ")) for merge in metadata["tokenizer.ggml.merges"]]  # type: ignore[union-attr]
    vocab = {str(name): i for i, name in enumerate(metadata["tokenizer.ggml.tokens"]) if i < 256 + len(merges)}  # type: ignore[arg-type]
    engine = Tokenizer(BPE(vocab, [(a, b) for a, b in merges if a + b in vocab]))
    engine.pre_tokenizer = ByteLevel(add_prefix_space=False)
    engine.decoder = ByteLevelDecoder()
    return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return byte_level_folder(tmp_path)


def byte_level_folder(tmp_path: Path) -> Path:
    """A folder as Qwen's or Llama 3's: byte-level, with control tokens, one of the vendor's, and a BOS in front."""
    engine = plain_engine()
    engine.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    engine.add_tokens([AddedToken("<think>", special=False)])
    bos = engine.token_to_id("<|bos|>")
    engine.post_processor = TemplateProcessing("<|bos|> $A", None, [("<|bos|>", bos)])
    engine.save(str(tmp_path / "tokenizer.json"))
    write(tmp_path, "tokenizer_config.json", {"bos_token": "<|bos|>", "eos_token": {"content": "<|im_end|>"}})
    return tmp_path


def test_ids_are_the_librarys_where_nothing_is_special(folder: Path) -> None:
    tokenizer, engine = tokenizer_in(folder), Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [text for text in TRAINED.texts if not any(name in text for name in (*SPECIAL, "<think>"))]
    assert len(texts) > 400
    for text in texts:
        assert tokenizer.encode(text) == engine.encode(text, add_special_tokens=False).ids


def test_no_text_becomes_a_special_token(tmp_path: Path) -> None:
    tokenizer, bare = tokenizer_in(byte_level_folder(tmp_path)), plain_engine()
    assert set(tokenizer.special) == {*SPECIAL, "<think>"}
    for text in (*TRAINED.texts, *(f"a{name} {name}{name}\n" for name in tokenizer.special)):
        ids = tokenizer.encode(text)
        assert ids == bare.encode(text).ids
        assert set(tokenizer.special.values()).isdisjoint(ids)
        assert b"".join(map(tokenizer.bytes, ids)).decode() == text


def test_what_the_special_tokens_are_for(folder: Path) -> None:
    tokenizer = tokenizer_in(folder)
    assert tokenizer.bos == tokenizer.control["<|bos|>"]
    assert set(tokenizer.control) == set(SPECIAL)
    assert tokenizer.ends == frozenset(tokenizer.control.values())
    assert tokenizer.vocabulary.named == {"bos_token": "<|bos|>", "eos_token": "<|im_end|>"}
    assert tokenizer.bytes(tokenizer.special["<think>"]) == b"<think>"
    assert tokenizer.bytes(tokenizer.special["<|im_end|>"]) == b""


def test_more_tokens_that_end_a_reply(folder: Path) -> None:
    think = tokenizer_in(folder).special["<think>"]
    write(folder, "generation_config.json", {"eos_token_id": [think, 10**6, "x"]})
    assert think in tokenizer_in(folder).ends
    assert 10**6 not in tokenizer_in(folder).ends
    write(folder, "generation_config.json", {})
    write(folder, "config.json", {"eos_token_id": think})
    assert think in tokenizer_in(folder).ends


@pytest.mark.parametrize("said", [True, False])
def test_the_configuration_says_whether_prompts_begin_with_a_bos_token(folder: Path, said: bool) -> None:
    write(folder, "tokenizer_config.json", {"bos_token": "<|bos|>", "add_bos_token": said})
    assert (tokenizer_in(folder).bos is not None) is said


def test_without_further_files(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()
    tokenizer = tokenizer_in(folder)
    assert tokenizer.bos is None
    assert "<|im_end|>" in tokenizer.control


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    return pieces_folder(tmp_path)


def pieces_folder(tmp_path: Path) -> Path:
    """A folder as Mistral's: spaces as U+2581, unknown characters as bytes, a space before the first text alone."""
    characters = ["\u2581", "a", "b", "\u2581a", "ab", "\u2581ab"]
    names = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *characters]
    merges = [("\u2581", "a"), ("a", "b"), ("\u2581a", "b")]
    model = BPE({name: i for i, name in enumerate(names)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    engine = Tokenizer(model)
    engine.pre_tokenizer = Metaspace(prepend_scheme="first", split=False)
    engine.decoder = Decoders([ByteFallback(), Fuse()])
    engine.add_special_tokens([AddedToken(name, special=True) for name in ("<unk>", "<s>", "</s>")])
    engine.save(str(tmp_path / "tokenizer.json"))
    write(tmp_path, "special_tokens_map.json", {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})
    return tmp_path


def test_a_space_in_front_of_the_first_text_alone(tmp_path: Path) -> None:
    pieces = pieces_folder(tmp_path)
    tokenizer, engine = tokenizer_in(pieces), Tokenizer.from_file(str(pieces / "tokenizer.json"))
    assert tokenizer.encode("ab a") == engine.encode("ab a", add_special_tokens=False).ids
    together = engine.encode("<s>ab a", add_special_tokens=False).ids
    assert [1, *tokenizer.encode("ab a", first=False)] == together
    assert b"".join(map(tokenizer.bytes, tokenizer.encode("ab é\n"))).decode() == " ab é\n"


def test_typed_special_pieces_are_spelt_in_bytes(pieces: Path) -> None:
    tokenizer = tokenizer_in(pieces)
    for text in ("<s>", "</s>", "a</s>b", "<unk>", "<0x41>"):
        ids = tokenizer.encode(text, first=False)
        assert {0, 1, 2}.isdisjoint(ids)
        assert b"".join(map(tokenizer.bytes, ids)).decode() == text


def changed(path: Path, **changes: Any) -> None:
    stored = json.loads(path.read_text())
    for key, value in changes.items():
        target, *parts = key.split("__")[::-1]
        inner = stored
        for part in parts[::-1]:
            inner = inner[part]
        inner[target] = value
    path.write_text(json.dumps(stored))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": None}, "of the kind None; BPE is read"),
        ({"model__type": "Unigram"}, "'Unigram'; BPE is read"),
        ({"model__vocab": []}, "no vocabulary"),
        ({"model__vocab": {"a": -1}}, "numbers a token outside"),
        ({"model__vocab": {"a": 10**9}}, "numbers a token outside"),
        ({"model__merges": [["a"]]}, r"\['a'\] for a merge"),
        ({"added_tokens": [{"content": "x"}]}, "without a name and an id"),
        ({"pre_tokenizer": {"type": "Nonsense"}}, "cannot be used"),
    ],
    ids=str,
)
def test_a_damaged_description_is_refused(folder: Path, changes: dict[str, Any], said: str) -> None:
    changed(folder / "tokenizer.json", **changes)
    with pytest.raises(ValueError, match=said):
        tokenizer_in(folder)


def test_an_expression_that_backtracks_without_end_is_an_error(folder: Path) -> None:
    changed(folder / "tokenizer.json", pre_tokenizer=json.loads(SPLIT))
    with pytest.raises(ValueError, match=r"cannot split a text: .*retry-limit"):
        tokenizer_in(folder).encode("a" * 2000 + "b")


def test_files_that_are_none(folder: Path) -> None:
    for text, said in (("[", "is not JSON"), ("[" * 100_000, "is not JSON"), ("[]", "holds no object")):
        (folder / "tokenizer_config.json").write_text(text)
        with pytest.raises(ValueError, match=said):
            tokenizer_in(folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=r"has no tokenizer\.json"):
        tokenizer_in(folder)


def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    Tokenizer(WordLevel({"a": 0}, unk_token="a")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ValueError, match="'WordLevel'; BPE is read"):
        tokenizer_in(tmp_path)
