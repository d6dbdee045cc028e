"""A fact in the NPC's own mouth: "Hask Dremmel never takes tax collectors across" becomes "I never take ..."."""

import re
from functools import partial

from models.npc.character import Npc
from models.npc.english import sentence
from models.npc.facts import Fact

_VERBS = {
    "is": "am",
    "has": "have",
    "does": "do",
    "was": "was",
    "isn't": "am not",
    "doesn't": "don't",
    "hasn't": "haven't",
}
_ADVERBS = r"(?:(?:never|always|also|only|still|often|now|once|just|rarely|seldom|not) )*"
_SECOND_VERB = re.compile(  # "and never shouts", "and keeps none": no noun has these behind it
    r"\b(and|or|but) ((?:never|always|also|only|then) )?([a-z]+s)\b(?(2)|(?= (?:the|an?|none|no|nothing|nobody|it|them|"
    r"his|her|its|my|all|every|each|to|from|with|at|up|down|off|out)\b))"
)
_MALE, _FEMALE = {"he": "I", "him": "me", "his": "my", "himself": "myself"}, {"she": "I", "herself": "myself"}
_AFTER_A_POSSESSIVE = r"(?= (?!\d|to\b|for\b|in\b|on\b|at\b|with\b|by\b|and\b|or\b|from\b|off\b|up\b|that\b)[\w'-])"


def voiced(npc: Npc, fact: Fact) -> str:
    """The sentence as the NPC says it. What does not speak of the NPC stays as it is."""
    text, own = fact.text, fact.source.startswith("rules[")
    said = _named(npc, text)
    if own or said != text:
        said = _pronouns(npc, said, own)
    return sentence(said)


def _named(npc: Npc, text: str) -> str:
    """With "I", "me" and "my" for the name."""
    for name in _names(npc):
        escaped = re.escape(name)
        text = re.sub(rf"\b{escaped}['\u2019]s?(?=\W)", "my", text)
        text = re.sub(rf"(?<![\w])({escaped}) ({_ADVERBS})([\w']+)((?: or| and) [a-z]+s\b)?", _conjugated, text)
        text = re.sub(rf"\b{escaped}\b", "me", text)
    if text.startswith("I "):
        text = _SECOND_VERB.sub(lambda found: f"{found[1]} {found[2] or ''}{_base(found[3])}", text)
    return text


def _names(npc: Npc) -> list[str]:
    parts = npc.name.split(" ")
    titled = parts[0].lower().rstrip(".") in (
        "mister",
        "mr",
        "mrs",
        "miss",
        "master",
        "madam",
        "old",
        "doctor",
        "dr",
        "captain",
    )
    return [npc.name] if titled and len(parts) > 1 else [npc.name, parts[0]]


def _conjugated(found: re.Match[str]) -> str:
    second = found[4] or ""
    if second:
        joint, _, verb = second.strip().partition(" ")
        second = f" {joint} {_base(verb)}"
    return f"I {found[2]}{_base(found[3])}{second}"


def _base(verb: str) -> str:
    """The form that follows "I"."""
    if verb in _VERBS:
        return _VERBS[verb]
    if not verb.endswith("s") or verb.endswith("ss"):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:ss|sh|ch|x|zz|o)es$", verb) else verb[:-1]


def _pronouns(npc: Npc, text: str, own: bool) -> str:
    """With "I" for the NPC's "he" or "she"; in a sentence about itself that is nobody else."""
    gender = _gender(npc)
    if gender is None or (not own and re.search(r"; (?:he|she|they)\b", text)):
        return text
    for word, mine in (_MALE if gender == "he" else _FEMALE).items():
        if mine == "I" and own:
            continue  # "because he still owes her": somebody else, or the file would have the name
        text = re.sub(rf"\b{word}\b( [\w']+)?", partial(_with_verb, mine), text)
    if gender == "she":
        text = re.sub(rf"\bher\b{_AFTER_A_POSSESSIVE}", "my", text)
        text = re.sub(r"\bher\b", "me", text)
    return text


def _with_verb(mine: str, found: re.Match[str]) -> str:
    after = found[1] or ""
    return f"{mine} {_base(after.strip())}" if mine == "I" and after else mine + after


def _gender(npc: Npc) -> str | None:
    """ "he" or "she", by the persona; None where it uses neither, or both."""
    found = set(re.findall(r"\b(he|she)\b", npc.persona.lower()))
    return found.pop() if len(found) == 1 else None
