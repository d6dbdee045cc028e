"""Chat speech as plain English, so that words can be compared: "how much 4 the dan dan", "wheres ur boat"."""

import re

_WORDS = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "ya": "you",
    "ye": "you",
    "y'all": "you",
    "yer": "your",
    "d'you": "do you",
    "whats": "what's",
    "wheres": "where's",
    "whos": "who's",
    "hows": "how's",
    "whens": "when's",
    "wots": "what's",
    "pls": "please",
    "plz": "please",
    "thx": "thanks",
    "ty": "thanks",
    "cuz": "because",
    "coz": "because",
    "gimme": "give me",
    "lemme": "let me",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "dont": "don't",
    "doesnt": "doesn't",
    "didnt": "didn't",
    "cant": "can't",
    "wont": "won't",
    "isnt": "isn't",
    "havent": "haven't",
    "im": "i'm",
    "ive": "i've",
    "id": "i'd",
    "youre": "you're",
    "thats": "that's",
    "dmg": "damage",
    "tonite": "tonight",
    "lil": "little",
    "sth": "something",
    "n": "and",
    "o'": "of",
    "em": "them",
}
_WORD = re.compile(r"[^\W\d_]+'?[^\W\d_]*'?", re.UNICODE)
_EQUALS = re.compile(r"\s*=\s*\?+\s*")
_FOUR = re.compile(r"\b4(?= (?:the|a|an|me|you|my|your|it|that|this|all)\b)", re.IGNORECASE)


def spelled(said: str) -> str:
    """A line with its short forms written out. Other words stay as they are."""
    said = _EQUALS.sub(", how much is it in ", said)
    return _FOUR.sub("for", _WORD.sub(_written_out, said.replace("\u2019", "'")))


def _written_out(found: re.Match[str]) -> str:
    return _WORDS.get(found[0].lower(), found[0])
