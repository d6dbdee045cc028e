"""A text's characters as plain lower-case ones, without accents, look-alikes and invisible ones; contractions."""

import re
import unicodedata
from collections.abc import Sequence

_LOOK_ALIKES = {
    ord(look_alike): letter
    for letter, all_of_it in {
        "a": "аαɑᴀ",
        "b": "вьβʙ",
        "c": "сϲᴄ",
        "d": "ԁđðᴅ",
        "e": "еєεᴇ",
        "f": "ƒꜰ",
        "g": "ɡɢ",
        "h": "һнħʜ",
        "i": "іιıɩɪ",
        "j": "јᴊ",
        "k": "кκᴋ",
        "l": "ӏłʟ",
        "m": "мᴍ",
        "n": "пηɴ",
        "o": "оοøᴏσ",
        "p": "рρᴘ",
        "q": "ԛ",
        "r": "гʀ",
        "s": "ѕꜱ",
        "t": "тτŧᴛ",
        "u": "υʋᴜ",
        "v": "ѵνᴠ",
        "w": "ԝωшᴡ",
        "x": "хχ",
        "y": "уүγʏ",
        "z": "ᴢ",
        "ae": "æ",
        "oe": "œ",
        "'": "‘’`´ʼ′",
    }.items()
    for look_alike in all_of_it
}
_DROPPED = ("Mn", "Me", "Cf", "Cc", "Cs", "Co")  # accents, joiners, what is invisible
_CONTRACTION = re.compile(r"([a-z]+)'(s|re|m|ll|ve|d)")
_ENDINGS = {"re": "are", "m": "am", "ll": "will", "ve": "have", "d": "would"}  # 's may be anything, and is left out
_FILLERS = "\u115f\u1160\u3164\uffa0"  # Hangul letters that show nothing


def plain(text: str) -> tuple[str, Sequence[int]]:
    """The text in plain characters, and for each of these its place in the text."""
    if text.isascii():
        return text.lower(), range(len(text))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        found = _plain(character)
        characters.append(found)
        places += [place] * len(found)
    return "".join(characters), places


def apart(word: str) -> tuple[str, ...]:
    """The words of a contraction: `you're` as `you are`. An apostrophe in another word is left out."""
    found = _CONTRACTION.fullmatch(word)
    if found is None:
        return (word.replace("'", ""),)
    word, ending = found.groups()
    return (word, _ENDINGS[ending]) if ending in _ENDINGS else (word,)


def _plain(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character.isspace():
        return "\n" if character in "\u2028\u2029\x85" else " "
    if character in _FILLERS:
        return ""
    if character.translate(_LOOK_ALIKES).isascii():
        return character.translate(_LOOK_ALIKES)
    whole = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in whole if unicodedata.category(part) not in _DROPPED)
    return kept.lower().translate(_LOOK_ALIKES)
