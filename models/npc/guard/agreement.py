"""Whether a reply turns a fact round: denies it, breaks a rule, or puts another word in its place."""

from collections.abc import Iterator

from models.npc.guard import lexicon
from models.npc.guard.clauses import Clause, Sentence
from models.npc.guard.evidence import Evidence, Known
from models.npc.guard.topic import Topic
from models.npc.lemmas import content, stem, stems
from models.npc.words import PREPOSITIONS, STOP_WORDS, words

_PLACES = words("behind by under beneath beside near inside in on at to from with through across over below above")
_ANYWHERE = words("town world hous life mind end fact trad busines heart")  # stems that "in" and "of" go with anywhere
_LIGHT = words(  # verbs that go with anything
    """make makes made come comes came get gets got go goes went see sees saw take takes took put puts give gives gave
    say says said cost costs want wants need needs like likes know knows let lets keep think tell tells told everything
    anything something nothing everybody somebody"""
)


def denials(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Facts that a sentence denies, and rules that it breaks."""
    if sentence.question:
        return
    text = " ".join(sentence.words)
    agreed = lexicon.AGREEMENTS.match(text) is not None or lexicon.AGREES_LAST.search(text) is not None
    for clause in sentence.clauses:
        for known in evidence.facts:
            if known.source.startswith("rules[") and _breaks(clause, known, evidence):
                yield known.fact.text
        yield from (known.fact.text for known in _denied(clause, evidence))
    if agreed:
        for known in evidence.facts:
            if known.source.startswith("rules[") and _asks_for(topic.content | sentence.content, known, evidence):
                yield known.fact.text
        if not sentence.negative:
            yield from _open_when_closed(sentence, topic, evidence)


def _breaks(clause: Clause, known: Known, evidence: Evidence) -> bool:
    rule = known.clauses[0]
    concerned = _concerned(known, evidence)
    shared = clause.content & rule.content - _own_name(evidence)
    if not rule.negative or clause.negative:
        return False
    reason = clause.content & known.content - rule.content
    if concerned & clause.content and lexicon.PERMISSIONS & set(clause.words):
        return True
    close = len(shared) >= 2 and len(shared) > len(reason) and 3 * len(shared) >= 2 * len(clause.content)
    rivals = (one for one in evidence.facts if not one.source.startswith("rules["))
    close = close and all(len(clause.content & one.content) <= len(shared) for one in rivals)
    does = shared & rule.parts[0][0]
    return close or (len(does) == 1 and len(clause.content) == 1 and clause.words[:1] == ("i",))


def _open_when_closed(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Hours whose closed days a "yes" to "are you open" takes in."""
    asked = topic.content | sentence.content
    if "open" not in {root for said in topic.said for clause in said.clauses for root in clause.stems}:
        return
    for known in evidence.facts:
        if known.source.startswith("hours["):
            days = [content(day) for day in evidence.npc.hours[int(known.source[6:-1])].closed]
            if any(day and day <= asked for day in days):
                yield known.fact.text


def _asks_for(asked: frozenset[str], known: Known, evidence: Evidence) -> bool:
    rule = known.clauses[0]
    if not rule.negative:
        return False
    concerned = _concerned(known, evidence)
    about = rule.content - _own_name(evidence)
    verb = next((root for word, root in zip(rule.words, rule.stems, strict=True) if root in about), "")
    things = about - {verb}
    return bool(concerned & asked) or len(asked & about) >= 2 or (bool(things) and things <= asked)


def _concerned(known: Known, evidence: Evidence) -> frozenset[str]:
    rule = evidence.npc.rules[int(known.source[6:-1])]
    return frozenset(stem(word) for who in rule.who for word in who.lower().split())


def _own_name(evidence: Evidence) -> frozenset[str]:
    return frozenset(stem(word) for word in evidence.npc.name.lower().split())


def _denied(clause: Clause, evidence: Evidence) -> Iterator[Known]:
    """Facts of which a clause says most, one of them with a denial; none if another fact agrees as well."""
    for about, negative in clause.parts:
        scored = [
            (len(about & there), _denies(denies, known, place, clause) is not negative, there, known)
            for known in evidence.facts
            if not known.source.startswith("wares[")
            for place in known.clauses
            for there, denies in place.parts
        ]
        most = max((shared for shared, _, _, _ in scored), default=0)
        best = [one for one in scored if one[0] == most]
        if most < 2 or 3 * most < 2 * len(about) or not all(differs for _, differs, _, _ in best):
            continue
        opposite = lexicon.exclusive()
        for shared, _, there, known in best:
            turned = any(opposite.get(root, frozenset()) & there for root in about - there)
            if not turned and 2 * shared > len(there) - 1 and not known.source.startswith("rules["):
                yield known


def _denies(denies: bool, known: Known, place: Clause, clause: Clause) -> bool:
    """Whether a part of a fact denies: to be closed at the new moon is not to be open then."""
    closed = known.source.startswith("hours[") and "closed" in place.words
    return denies is not (closed and not {"closed", "close", "except"} & set(clause.words))


def exchanged(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Words where a fact has another one that excludes them: "a red cover" of what is blue."""
    if sentence.question:
        return
    opposite = lexicon.exclusive()
    for clause in sentence.clauses:
        goods = {place for named in clause.wares for place in named}
        skipped = frozenset(root for place in goods for root in stems(evidence.npc.wares[place].item)) | evidence.money
        said = content(lexicon.PHRASES.sub("", f" {' '.join(clause.words)} "))
        for about, negative in clause.parts:
            for root in about & said & opposite.keys() - skipped:
                own = about - {root} - opposite[root]
                if not negative and _has_another(root, opposite[root], own, clause.named, topic, evidence):
                    yield root


def _has_another(
    root: str, others: frozenset[str], own: frozenset[str], named: frozenset[str], topic: Topic, evidence: Evidence
) -> bool:
    """Whether facts closer to these words than any with this one have one of the others."""
    holders, rivals = (0, 0), (0, 0)
    for known in evidence.facts:
        asked = len(topic.content & known.content)
        for about, _ in (part for place in known.clauses for part in place.parts):
            score = (len(own & about) + len(own & named & known.stems), asked)
            if root in about:
                holders = max(holders, score)
            elif others & about:
                rivals = max(rivals, score)
    return rivals > holders and (rivals[0] > 0 or not own)


def misplaced(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Words after "behind", "commands" and the like, where the fact in question has others after the same word."""
    if sentence.question:
        return
    asked = frozenset[str]().union(*(one.content for one in topic.said)) if len(sentence.content) == 1 else frozenset()
    for clause in sentence.clauses:
        if clause.negative:
            continue
        for anchor, word in _pairs(clause):
            if word in evidence.money | _ANYWHERE or (
                anchor not in _PLACES and anchor in evidence.strong | evidence.money
            ):
                continue
            own = clause.content - {word, anchor} or asked - {word, anchor}
            if clause.words[0] in ("he", "she", "they"):
                own |= topic.names & evidence.names
            rivals = [
                known
                for known in evidence.facts
                if own & known.content and _differs(anchor, word, own, known, evidence.people)
            ]
            if rivals and not any(word in known.stems and own & known.content for known in evidence.facts):
                yield word


def _pairs(clause: Clause) -> Iterator[tuple[str, str]]:
    """Prepositions and verbs with the stem of the first word of content after them."""
    for at, word in enumerate(clause.words):
        if word in _PLACES or (word not in STOP_WORDS | PREPOSITIONS | _LIGHT and word[0].isalpha()):
            for other, root in zip(clause.words[at + 1 : at + 4], clause.stems[at + 1 : at + 4], strict=True):
                if not other[0].isalpha() or other in _PLACES | _LIGHT:
                    break
                if other not in STOP_WORDS:
                    if root not in clause.content:
                        break
                    yield clause.stems[at] if word not in _PLACES else word, root
                    break


def _differs(anchor: str, word: str, own: frozenset[str], known: Known, people: frozenset[str]) -> bool:
    """Whether a fact has the same word before another one that the clause does not say."""
    return word not in known.stems and any(
        first == anchor and second not in own and second != word
        for place in known.clauses
        if own & (place.content | (known.stems & people))
        for first, second in _pairs(place)
    )
