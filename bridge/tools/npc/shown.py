"""What a turn with an NPC looks like in a terminal: each sentence, and under it what it rests on."""

from collections.abc import Iterator, Mapping

from bridge.client import Done, Grounds, Sentence, Trace
from models.npc.character import Npc
from models.npc.facts import sentences

_STAGES = {
    "authored": "the author's line",
    "free": "the model",
    "calculation": "computed",
    "refusal": "the author's refusal",
    "safe_line": "a safe line",
    "moderation": "moderation",
}
_LONGEST = 100  # characters of a source's text


def facts_of(npc: Npc) -> Mapping[str, str]:
    """The facts of an NPC by their sources, for `sentence`."""
    found = {fact.source: fact.text for fact in sentences(npc)}
    found |= {f"lore[{at}]": f"{lore.title}: {lore.text}" for at, lore in enumerate(npc.lore)}
    found |= {f"lines[{at}]": line.intent for at, line in enumerate(npc.lines)}
    found |= {f"refusals[{at}]": refusal.topic for at, refusal in enumerate(npc.refusals)}
    found |= {f"actions[{at}]": action.name for at, action in enumerate(npc.actions)}
    return found


def sentence(name: str, one: Sentence, facts: Mapping[str, str]) -> Iterator[str]:
    """The lines for a sentence."""
    feeling = f"  ({one.emotion} {one.intensity:.1f})" if one.emotion not in ("", "neutral") else ""
    yield f"{name}: {one.text}{feeling}"
    yield from _grounds(one.grounds, facts)


def _grounds(grounds: Grounds | None, facts: Mapping[str, str]) -> Iterator[str]:
    if grounds is None:
        return
    yield f"    {_STAGES.get(grounds.stage, grounds.stage)}{'' if grounds.sources else ', resting on no fact'}"
    for source in grounds.sources:
        yield f"      {source}{_told(facts.get(source, ''))}"


def end(done: Done, trace: Trace | None, facts: Mapping[str, str]) -> Iterator[str]:
    """The lines at the end of a turn: what it was taken for, what was known for it, and what was not said."""
    if done.failure is not None:
        yield f"    {done.failure.message}"
    if trace is not None:
        if trace.intent:
            yield f"    taken for {trace.intent}{_told(facts.get(trace.intent, ''))}, {trace.similarity:.2f} alike"
        for known in trace.known:
            yield f"    known for this line: {_cut(known.text)} ({known.source})"
        for one in trace.rejected:
            again = "and written again" if one.regenerated else "and replaced"
            yield f"    not said: {_cut(one.text)} ({one.reason}), {again}"
    if done.moderation is not None:
        yield f"    moderation: {done.moderation.outcome} ({', '.join(done.moderation.reasons)})"
    yield f"    {done.first_token * 1e3:.0f} ms to the first words, {done.elapsed * 1e3:.0f} ms in all"


def _told(text: str) -> str:
    return f": {_cut(text)}" if text else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
