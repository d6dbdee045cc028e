r"""How byte-level BPE splits a text into words before it merges: what a GGUF file's `tokenizer.ggml.pre` names.

The expressions are those of llama.cpp (llama-vocab.cpp), so that a file gives the same tokens here and there. That of
tekken differs from Mistral's own: only ASCII letters have a case in it, and marks are no letters.
"""

from dataclasses import dataclass

from tokenizers import Regex
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Sequence, Split

# llama.cpp knows the letters, numbers and punctuation of Unicode 15; the library also these, of Unicode 16.
LATER = (
    r"\x{1B4E}-\x{1B4F}\x{1B7F}\x{1C89}-\x{1C8A}\x{A7CB}-\x{A7CD}\x{A7DA}-\x{A7DC}\x{105C0}-\x{105F3}\x{10D40}-\x{10D85}"
    r"\x{10EC2}-\x{10EC4}\x{11380}-\x{113D8}\x{116D0}-\x{116E3}\x{11BC0}-\x{11BF9}\x{13460}-\x{143FA}\x{16100}-\x{16139}"
    r"\x{16D40}-\x{16D79}\x{18CFF}\x{1CCF0}-\x{1CCF9}\x{1E5D0}-\x{1E5FF}"
)
L, N, P = (rf"[\p{{{category}}}&&[^{LATER}]]" for category in "LNP")
OTHER = rf" ?[^\s{L}{N}]+"
GPT2 = rf"'s|'t|'re|'ve|'m|'ll|'d| ?{L}+| ?{N}+|{OTHER}|\s+(?!\S)|\s+"
CONTRACTIONS = "'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
BEFORE = rf"[^\r\n{L}{N}]?"  # one character that goes with the letters behind it
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = rf"{CONTRACTIONS}|{BEFORE}{L}+|{N}{{1,3}}|{OTHER}[\r\n]*|{SPACES}"
QWEN2 = rf"{CONTRACTIONS}|{BEFORE}{L}+|{N}|{OTHER}[\r\n]*|{SPACES}"
UPPER, LOWER = rf"[{L}&&[^a-z]]", rf"[{L}&&[^A-Z]]"
TEKKEN = rf"{BEFORE}{UPPER}*{LOWER}+|{BEFORE}{UPPER}+{LOWER}*|{N}|{OTHER}[\r\n/]*|{SPACES}"


@dataclass(frozen=True, slots=True)
class Splitting:
    """Expressions that split one after the other, and what else goes with them."""

    expressions: tuple[str, ...]
    whole_words: bool = False  # a word in the vocabulary is one token, whatever merges would make of it
    begins: bool = False  # prompts begin with a BOS token, unless the file says otherwise

    def words(self) -> PreTokenizer:
        """Splits a text and spells its words in GPT-2's alphabet of bytes."""
        splits = [Split(Regex(expression), "isolated") for expression in self.expressions]
        return Sequence([*splits, ByteLevel(add_prefix_space=False, use_regex=False)])


_GPT2 = Splitting((GPT2,))
_LLAMA3 = Splitting((LLAMA3,), whole_words=True, begins=True)
_QWEN2 = Splitting((QWEN2,))
SPLITTINGS = {
    "default": Splitting((f"[{P}$+<=>^~|]+", GPT2, f"{N}+", "[0-9][0-9][0-9]")),
    "gpt-2": _GPT2,
    "smollm": Splitting((N, GPT2)),
    "llama-bpe": _LLAMA3,
    "llama3": _LLAMA3,
    "llama-v3": _LLAMA3,
    "falcon3": _LLAMA3,
    "lfm2": _LLAMA3,
    "qwen2": _QWEN2,
    "deepseek-r1-qwen": _QWEN2,
    "megrez": _QWEN2,
    "stablelm2": _QWEN2,
    "tekken": Splitting((TEKKEN,), whole_words=True, begins=True),
}


def splitting_called(name: str) -> Splitting:
    """ValueError, with the names that are read, for another."""
    if name not in SPLITTINGS:
        raise ValueError(
            f"the GGUF file splits words as {name!r}, which is not known; known are {', '.join(sorted(SPLITTINGS))}"
        )
    return SPLITTINGS[name]
