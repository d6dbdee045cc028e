"""Writes the demo's conversations as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from bridge.client import Sentence
from bridge.tools.demo.story import Conversation, Exchange, file_of
from bridge.tools.npc import shown
from models.npc.character import Npc
from models.npc.reading import read

_INTRODUCTION = (
    "Two conversations of one run, both at the same time and on one model of 135 million parameters. Under each reply "
    "is what it rests on: an author's line, a fact of the NPC's file, or nothing but talk."
)
_ENDS = {"interrupted": "cut short by the player", "length": "cut at the maximum length", "enough": "ended by the game"}
_STAGES = {
    "authored": "the author's line",
    "free": "the model",
    "calculation": "the facts",
    "refusal": "the author's refusal",
    "safe_line": "a safe line",
    "moderation": "moderation",
}


def transcript(conversations: Sequence[Conversation]) -> str:
    """Who each character is, what was said, on which grounds, and how fast it was answered, as Markdown."""
    parts = ["# Transcript", _INTRODUCTION]
    for conversation in conversations:
        npc = read(file_of(conversation.character))
        parts += [f"## {npc.name}", f"*{npc.name}, {npc.trade} at {npc.place}. {' '.join(npc.persona.split())}*"]
        parts += [_exchange(conversation.character.name, exchange, npc) for exchange in conversation.exchanges]
    return "\n\n".join(parts) + "\n"


def _exchange(name: str, exchange: Exchange, npc: Npc) -> str:
    reply = " ".join(exchange.reply.split()) + (" —" if exchange.finish == "interrupted" else "")
    notes = [f"{exchange.first_token * 1e3:.0f} ms to the first words"]
    if exchange.tokens_per_second:
        notes.append(f"{exchange.tokens_per_second:.0f} tokens a second")
    notes += [end for end in [_ENDS.get(exchange.finish)] if end]
    facts = shown.facts_of(npc)
    grounds = list(dict.fromkeys(text for one in exchange.sentences for text in _grounds(one, facts)))
    grounds += [f"does `{action}`" for action in exchange.actions]
    under = "; ".join([*grounds, ", ".join(notes)])
    return f"**Player:** {exchange.line}\n\n**{name}:** {reply}\n\n<sub>{under}</sub>"


def _grounds(one: Sentence, facts: Mapping[str, str]) -> Iterator[str]:
    """Who said a sentence, and the facts that it rests on."""
    if one.grounds is None:
        return
    told = [f"“{facts[source]}”" for source in one.grounds.sources if source in facts and _is_fact(source)]
    yield _STAGES.get(one.grounds.stage, one.grounds.stage) + (f", on {' and '.join(told)}" if told else "")


def _is_fact(source: str) -> bool:
    return not source.startswith(("lines[", "refusals[", "actions["))
