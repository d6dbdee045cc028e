"""Words by their stems, so that "opens" finds "opened" and "loaves" finds "loaf". Stems are compared, never shown."""

import re
from functools import lru_cache

from models.npc.numbers import tokens
from models.npc.words import IRREGULAR_PLURALS, STOP_WORDS

_VERBS = {
    form: verb
    for verb, forms in (
        ("break", "broke broken"),
        ("bring", "brought"),
        ("build", "built"),
        ("buy", "bought"),
        ("catch", "caught"),
        ("come", "came"),
        ("draw", "drew drawn"),
        ("drink", "drank drunk"),
        ("eat", "ate eaten"),
        ("fall", "fell fallen"),
        ("fight", "fought"),
        ("find", "found"),
        ("forget", "forgot forgotten"),
        ("freeze", "froze frozen"),
        ("give", "gave given"),
        ("go", "went gone goes"),
        ("grow", "grew grown"),
        ("hide", "hid hidden"),
        ("hold", "held"),
        ("keep", "kept"),
        ("know", "knew known"),
        ("lend", "lent"),
        ("lose", "lost"),
        ("make", "made"),
        ("meet", "met"),
        ("pay", "paid"),
        ("ride", "rode ridden"),
        ("run", "ran"),
        ("see", "saw seen"),
        ("sell", "sold"),
        ("send", "sent"),
        ("shut", "shuts"),
        ("sing", "sang sung"),
        ("sleep", "slept"),
        ("speak", "spoke spoken"),
        ("steal", "stole stolen"),
        ("swim", "swam swum"),
        ("take", "took taken"),
        ("teach", "taught"),
        ("tell", "told"),
        ("think", "thought"),
        ("throw", "threw thrown"),
        ("wear", "wore worn"),
        ("win", "won"),
        ("write", "wrote written"),
    )
    for form in forms.split()
}
_SINGULARS = {many: one for one, many in IRREGULAR_PLURALS.items()} | {"dozens": "dozen"}
for _verb in ("leaves", "lives"):  # far more often than of trees, and the nine of a cat
    del _SINGULARS[_verb]
_SAME = {  # words that families say for others
    **dict.fromkeys(("gran", "granny", "grandma", "nan"), "grandmother"),
    **dict.fromkeys(("grandpa", "grandad", "granddad"), "grandfather"),
    **dict.fromkeys(("mum", "mom", "mama", "ma"), "mother"),
    **dict.fromkeys(("dad", "papa", "pa"), "father"),
}
_WHOLE = frozenset(["morning", "evening", "ceiling", "nothing", "anything", "something", "everything", "during"])
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a word in small letters. A final "e" is dropped: "closing" and "close" are "clos"."""
    word = word.removesuffix("'s").removesuffix("'")
    word = _VERBS.get(word) or _SINGULARS.get(word) or _SAME.get(word) or word
    if word in _WHOLE or len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("ied"):
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|x|z|ch|sh)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and re.search(r"[aeiouy]", root) and not root.endswith("e"):
            word = _DOUBLED.sub(r"\1", root)
            break
    return word.removesuffix("e") if len(word) > 3 else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of a text, marks and figures as they are."""
    return tuple(stem(token.word) for token in tokens(text))


def content(text: str) -> frozenset[str]:
    """The stems of what a text is about: without function words and marks."""
    return frozenset(
        stem(token.word) for token in tokens(text) if token.word[0].isalnum() and token.word not in STOP_WORDS
    )
