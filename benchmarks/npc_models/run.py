"""One character, served by different language models without a change of its own.

The same client with the same lines speaks with the embedded model; with a GGUF file of another family (`--gguf`, else
the embedded model's weights as a Qwen2 file, which is made); with one that only transformers knows (`--hf`, if given);
and with a remote endpoint: `--endpoint`, else a process of its own with the embedded model behind OpenAI's interface.
Where nothing else is named, the words of all have to be the embedded model's, since its weights are behind each and it
samples the same way. One of the turns is interrupted after its first sentence or 12 pieces.

    python benchmarks/npc_models --gguf ./Qwen2.5-0.5B-Instruct-Q4_K_M.gguf
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from harness.process import server
from harness.record import finish, show

from bridge.client import BridgeClient, Done, Sampling, Sentence, Token
from npc_models import as_qwen2

_HERE = Path(__file__).parent
_SERVE = ("-m", "bridge.cli", "serve", "--port", "0", "--models", "dialogue")
_PERSONA = "You are Mira, who keeps an inn by the sea. Reply in one short sentence."
_LINES = ("Good evening!", "What is new in the village?", "Who told you that?", "What would you do?", "Tell me more.")
_INTERRUPTED = 3  # the line whose answer is cut short
_PIECES = 12


class Heard(NamedTuple):
    """One turn, as the game hears it."""

    text: str
    finish: str
    first_token_ms: float
    tokens: int
    late: int
    rung: str


async def talk(address: str) -> list[Heard]:
    """The character: all that it does is here, and it does not know which model speaks."""
    heard = []
    async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
        await bridge.until_ready("dialogue")
        for number, line in enumerate(_LINES):
            sampling = Sampling(temperature=0.0, repetition_penalty=1.1, max_tokens=32)
            turn = dialogue.say("mira", line, persona=_PERSONA, sampling=sampling, budget=10.0)
            pieces = 0
            async for event in turn:
                pieces += isinstance(event, Token)
                if number == _INTERRUPTED and (pieces == _PIECES or isinstance(event, Sentence)):
                    turn.interrupt()
            assert isinstance(event, Done)
            assert event.failure is None, event.failure
            rung = event.timing.rung
            heard.append(
                Heard(event.text, event.finish, 1e3 * event.first_token, event.reply_tokens, event.late_count, rung)
            )
    return heard


def spoken(*arguments: str) -> list[Heard]:
    """The talk with a server that is started for it."""
    with server(*_SERVE, *arguments) as (address, _):
        return asyncio.run(talk(address))


def elsewhere(endpoint: str) -> list[Heard]:
    """The talk with an endpoint, which is started if none is named."""
    if endpoint:
        return spoken("--dialogue-model", f"openai:{endpoint}")
    with server(str(_HERE / "chat_completions.py")) as (address, _):
        return spoken("--dialogue-model", f"openai:http://{address}/v1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", type=Path, help="a file of another family (default: one is made)")
    parser.add_argument("--hf", type=Path, help="a folder for transformers")
    parser.add_argument("--endpoint", default="", help="such as http://127.0.0.1:8000/v1 (default: one is started)")
    options = parser.parse_args()
    found = {"embedded": spoken()}
    with tempfile.TemporaryDirectory() as folder:
        file = options.gguf or as_qwen2.write(Path(folder) / "qwen2.gguf")
        found["GGUF"] = spoken("--dialogue-model", str(file))
    if options.hf is not None:
        found["transformers"] = spoken("--dialogue-model", f"hf:{options.hf}")
    found["endpoint"] = elsewhere(options.endpoint)
    report(
        found,
        {
            "gguf": options.gguf.name if options.gguf else "the embedded model as Qwen2",
            "endpoint": options.endpoint or "the embedded model behind chat completions",
        },
    )


def report(found: dict[str, list[Heard]], notes: dict[str, Any]) -> None:
    """The table and the record."""
    whole = range(_INTERRUPTED)  # what follows hears what was cut
    same = {
        name: sum(found["embedded"][place].text == turns[place].text for place in whole)
        for name, turns in found.items()
        if name != "embedded"
    }
    results: dict[str, Any] = {
        name: {
            "first_token_ms": round(statistics.median(turn.first_token_ms for turn in turns), 1),
            "turns": [turn._asdict() for turn in turns],
        }
        for name, turns in found.items()
    }
    rows = [
        [name, turns[0].rung, results[name]["first_token_ms"], sum(turn.tokens for turn in turns), turns[1].text[:60]]
        for name, turns in found.items()
    ]
    show("The same character by different models", ("model", "rung", "first token, ms", "tokens", "says"), rows)
    print(f"turns before the interruption with the embedded model's words, of {len(whole)}: {same}")
    finish("npc_models", {**results, "same_text": same, "of": len(whole)}, notes)
