"""Writes the demo's conversations as Markdown."""

from collections.abc import Sequence

from bridge.tools.demo.story import Conversation, Exchange

_INTRODUCTION = (
    "Two conversations of one run, both at the same time and on one model. The model is small (135 million "
    "parameters): it speaks fluently and makes things up."
)


def transcript(conversations: Sequence[Conversation]) -> str:
    """Each character's persona, what was said, and how fast it was answered, as Markdown."""
    parts = [
        "# Transcript",
        _INTRODUCTION,
    ]
    for conversation in conversations:
        character = conversation.character
        parts += [f"## {character.name}", f"*{character.persona}*"]
        parts += [_exchange(character.name, exchange) for exchange in conversation.exchanges]
    return "\n\n".join(parts) + "\n"


def _exchange(name: str, exchange: Exchange) -> str:
    note = f"first token after {exchange.first_token * 1e3:.0f} ms"
    if exchange.tokens_per_second:
        note += f", then {exchange.tokens_per_second:.1f} tokens a second"
    note += {"interrupted": ", cut short by the player", "length": ", cut at the maximum length"}.get(
        exchange.finish, ""
    )
    reply = " ".join(exchange.reply.split()) + (" —" if exchange.finish == "interrupted" else "")
    return f"**Player:** {exchange.line}\n\n**{name}:** {reply}\n\n<sub>{note}</sub>"
