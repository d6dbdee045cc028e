"""Whether the times in a reply are those that the facts give for the same thing: noon, Monday, the first of May."""

from collections.abc import Iterator
from dataclasses import replace

from models.npc.guard import lexicon
from models.npc.guard.amounts import excluded, is_meant
from models.npc.guard.clauses import Clause, Sentence
from models.npc.guard.evidence import Evidence, Known
from models.npc.guard.topic import Topic
from models.npc.lemmas import stem

_TIMES = frozenset(stem(word) for word in lexicon.MOMENTS | lexicon.WEEKDAYS | lexicon.MONTHS) | {"may"}
_BEFORE_AFTER = frozenset(["before", "after", "past"])


def wrong_times(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Words for times that no fact gives for what the clause is about."""
    text = " ".join(sentence.words)
    if lexicon.GREETINGS.search(text) or text.startswith("ask me "):
        return
    asked = {stem(word) for one in topic.said for word in one.words}
    refused = lexicon.REFUSALS.match(text) is not None
    for clause in sentence.clauses:
        for at, root in enumerate(clause.stems):
            if root not in _TIMES or (root == "may" and not _is_month(clause, at)):
                continue
            if (clause.negative or sentence.question) and (root in asked or root in evidence.vocabulary):
                continue
            if not _supported(root, at, clause, topic, evidence, refused):
                yield clause.words[at]


def _is_month(clause: Clause, at: int) -> bool:
    return at > 0 and clause.words[at - 1] in ("of", "in", "until", "since", "by")


def _supported(root: str, at: int, clause: Clause, topic: Topic, evidence: Evidence, refused: bool) -> bool:
    """Whether the facts with a time that fit best have this one, on the same side of "before" and "after"."""
    own = clause.content & evidence.vocabulary - {root}
    asked = frozenset() if own & evidence.strong else topic.content
    names = clause.named & evidence.names - _TIMES
    here = clause if refused else _with_topic(clause, topic)
    if {"but", "except", "save"} & set(clause.words[max(0, at - 2) : at]):  # every day but Tuesday
        here = replace(clause, stems=(*(one for one in clause.stems if one != "open"), "clos"))
    holders, rivals = list[tuple[int, int, int]](), list[tuple[int, int, int]]()
    for known, place in _timed(clause, topic, evidence):
        events = len((own | _events(clause)) & set(place.stems))
        score = (
            len(names & known.stems),
            len(own & evidence.strong & known.content),
            events + len(asked & known.content),
        )
        if root not in place.stems:
            rivals.append(score)
        elif not excluded(here, place) and _same_side(clause, at, place, root):
            holders.append(score)
    if not holders or any(rival[:2] > max(holders)[:2] for rival in rivals):
        return False
    related = max(score[-1] for score in holders) > 0 or not asked & evidence.vocabulary
    return related or not any(rival[-1] for rival in rivals)


def _timed(clause: Clause, topic: Topic, evidence: Evidence) -> Iterator[tuple[Known, Clause]]:
    """Clauses of facts with a time in them."""
    for known in evidence.facts:
        if is_meant(known, clause, topic):
            yield from ((known, place) for place in known.clauses if _TIMES & set(place.stems))
            yield from ((known, at) for one, at in known.amounts if one.clock and not _TIMES & set(at.stems))


def _events(clause: Clause) -> set[str]:
    return {"open"} if "from" in clause.words else {"clos"} if {"till", "until"} & set(clause.words) else set()


def _with_topic(clause: Clause, topic: Topic) -> Clause:
    """The clause with "open" or "close" of the question, if it says neither itself."""
    if {"open", "clos", "lock", "shut"} & set(clause.stems) or {"from", "till", "until", "to"} & set(clause.words):
        return clause
    asked = {"open", "clos"} & {stem(word) for one in topic.said for word in one.words}
    return replace(clause, stems=(*clause.stems, *asked)) if len(asked) == 1 else clause


def _same_side(clause: Clause, at: int, place: Clause, root: str) -> bool:
    """Whether both say "before", "after" or neither right in front of the time."""
    there = place.stems.index(root)
    own = _side(clause.words[:at])
    turn = {"after": "open", "before": "clos"}.get(own, "")
    if turn in place.stems and not {"open", "clos", "start", "begin"} & set(clause.stems):
        return not _side(place.words[:there])  # "after noon" of what opens at noon
    return own == _side(place.words[:there]) or (own == "" and "until" in clause.words)


def _side(before: tuple[str, ...]) -> str:
    near = before[-2:]
    return next((word for word in near if word in _BEFORE_AFTER), "")
