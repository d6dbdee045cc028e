"""The feeling that a sentence shows, by its words and marks. English only; a face needs a hint, not a diagnosis."""

import re
from collections.abc import Iterator
from enum import StrEnum

from models.npc.lemmas import stem
from models.npc.numbers import tokens
from models.npc.words import words


class Emotion(StrEnum):
    """A feeling; the names are those of the contract."""

    NEUTRAL = "neutral"
    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    SURPRISE = "surprise"
    DISGUST = "disgust"


_STRONG, _MILD = 1.0, 0.6
_LEAST = 0.3  # a weaker feeling is none
_REACH = 3  # words that a negation or an intensifier reaches

_WORDS: tuple[tuple[Emotion, float, str], ...] = (
    (
        Emotion.JOY,
        _STRONG,
        """love adore delight delighted wonderful splendid marvellous marvelous glorious happy joy joyful thrilled
        fantastic hooray hurrah huzzah excellent magnificent beautiful celebrate congratulations laugh laughing haha
        ha bless blessed triumph""",
    ),
    (
        Emotion.JOY,
        _MILD,
        """welcome glad great nice lovely pleased pleasure enjoy fun funny smile smiling cheer cheers
        thanks thank grateful kind friend sweet charming merry proud fond favourite favorite lucky best warm gladly
        hearty bargain""",
    ),
    (
        Emotion.SADNESS,
        _STRONG,
        """grief grieve mourn mourning weep wept heartbroken sorrow tragic tragedy miserable despair lonely
        bereaved widow orphan tears sobbing""",
    ),
    (
        Emotion.SADNESS,
        _MILD,
        """sad sadly sorry alas unfortunately miss missed lost regret pity died dead death buried hurt
        tired weary alone poor sigh forgive apologies apologise apologize ashamed""",
    ),
    (
        Emotion.ANGER,
        _STRONG,
        """furious rage hate damn bastard scoundrel traitor liar thief murderer outrage insult begone
        wretch blast curse cursed fool idiot swine throttle""",
    ),
    (
        Emotion.ANGER,
        _MILD,
        """angry never refuse forbid forbidden warn warning trouble banned burned burnt
        steal stole stolen cheat cheated rude nonsense annoying annoyed""",
    ),
    (
        Emotion.FEAR,
        _STRONG,
        """terrified terror horror horrified dread nightmare scream flee doom doomed haunted panic""",
    ),
    (
        Emotion.FEAR,
        _MILD,
        """afraid fear scared scary danger dangerous beware careful worry worried nervous threat ghost monster
        curse shiver trembling risk hush whisper wary dare""",
    ),
    (
        Emotion.SURPRISE,
        _STRONG,
        """astonished astonishing amazed amazing unbelievable incredible impossible goodness heavens gracious wow
        whoa""",
    ),
    (
        Emotion.SURPRISE,
        _MILD,
        """surprise surprised surprising suddenly unexpected strange odd wonder curious imagine oh""",
    ),
    (
        Emotion.DISGUST,
        _STRONG,
        """disgusting revolting vile foul filthy repulsive loathsome rotten vomit putrid sickening""",
    ),
    (Emotion.DISGUST, _MILD, """disgust nasty dirty filth stink stench ugh bah pah gross mould mouldy"""),
)
_BY_STEM: dict[str, tuple[Emotion, float]] = {
    stem(word): (emotion, weight) for emotion, weight, text in reversed(_WORDS) for word in text.split()
}
_NEGATIONS = words(
    "not no never without hardly isn't aren't wasn't weren't don't doesn't didn't won't can't cannot nothing"
)
_ITSELF = words("never no nothing")  # a negation that is a word of the list is not turned round by itself
_TURNED = {Emotion.JOY: Emotion.SADNESS, Emotion.SADNESS: Emotion.JOY}
_INTENSIFIERS = words("very so really truly utterly absolutely too most deeply terribly such awfully quite")
_SHOUT = re.compile(r"\b[A-Z]{3,}\b")


def emotion_of(sentence: str) -> tuple[Emotion, float]:
    """The strongest feeling of a sentence, and its intensity from 0 to 1; NEUTRAL and 0 if there is none."""
    scores: dict[Emotion, float] = {}
    for emotion, weight in _found(sentence):
        scores[emotion] = scores.get(emotion, 0.0) + weight
    exclaims, asks = sentence.count("!"), sentence.count("?")
    if exclaims and asks:
        scores[Emotion.SURPRISE] = scores.get(Emotion.SURPRISE, 0.0) + _MILD
    if not scores:
        return (Emotion.JOY, _LEAST) if exclaims else (Emotion.NEUTRAL, 0.0)
    emotion = max(scores, key=lambda one: scores[one])
    louder = 1.0 + 0.25 * min(exclaims, 2) + 0.25 * bool(_SHOUT.search(sentence))
    intensity = min(1.0, 0.5 * scores[emotion] * louder)
    return (emotion, round(intensity, 2)) if intensity >= _LEAST else (Emotion.NEUTRAL, 0.0)


def _found(sentence: str) -> Iterator[tuple[Emotion, float]]:
    """The feelings of single words, turned round behind a negation and stronger behind an intensifier."""
    said = [token.word for token in tokens(sentence)]
    for at, word in enumerate(said):
        feeling = _BY_STEM.get(stem(word))
        if feeling is None:
            continue
        emotion, weight = feeling
        before = said[max(0, at - _REACH) : at]
        if word not in _ITSELF and any(one in _NEGATIONS for one in before):
            if emotion not in _TURNED:
                continue
            emotion, weight = _TURNED[emotion], 0.5 * weight
        yield emotion, weight * (1.5 if any(one in _INTENSIFIERS for one in before) else 1.0)
