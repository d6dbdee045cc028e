"""Holds the same conversations in four ways, compares every text, and measures what a cached persona spares.

Conversations have six turns; some have their persona in common. Each process takes a part of them, with a model of its
own on one thread.

    python benchmarks/one_truth --conversations 200
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from typing import Any, NamedTuple

import torch
from harness.record import finish, show

from models.dialogue.dialogue_program import DialogueProgram
from one_truth import first_token
from one_truth.talks import talks
from one_truth.ways import WAYS, Counts

_CONTEXT = 512


class Part(NamedTuple):
    """What one process does: every `step`-th conversation, from the `first` on."""

    first: int
    step: int
    conversations: int
    turns: int
    tokens: int
    slots: int
    dtype: str


class Found(NamedTuple):
    """Its texts and counts, by way."""

    version: str
    texts: dict[str, list[list[str]]]
    counts: dict[str, Counts]
    seconds: dict[str, float]


def hold(part: Part) -> Found:
    """Hold some of the conversations in every way."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        program = load(part.slots, part.dtype)
        found = Found(program.version, {}, {}, {})
        for way, held in WAYS.items():
            mine, began = (
                talks(part.conversations, part.turns, part.tokens)[part.first :: part.step],
                time.thread_time(),
            )
            found.counts[way] = Counter()
            held(program, mine, found.counts[way])
            found.texts[way] = [talk.replies for talk in mine]
            found.seconds[way] = time.thread_time() - began
            print(f"{way}: {len(mine)} conversations in {found.seconds[way]:.0f} s of CPU", file=sys.stderr, flush=True)
        return found


def load(slots: int, dtype: str) -> DialogueProgram:
    """The model, on this machine's processor."""
    exact = getattr(torch, dtype) if dtype else None
    return DialogueProgram.load(torch.device("cpu"), slots=slots, context=_CONTEXT, dtype=exact)


def differing(parts: list[Found], way: str) -> int:
    """Replies that are not as they are with nothing cached."""
    pairs = [
        pair
        for part in parts
        for one, other in zip(part.texts["evicted"], part.texts[way], strict=True)
        for pair in zip(one, other, strict=True)
    ]
    return sum(one != other for one, other in pairs)


def first_tokens(repeats: int, dtype: str) -> dict[str, Any]:
    """What a cached persona spares."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        return first_token.measure(load(4, dtype), repeats)


def main() -> None:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=12, help="of the longest replies")
    parser.add_argument("--slots", type=int, default=6, help=f"of {_CONTEXT} tokens")
    parser.add_argument("--dtype", default="", help="float32 or bfloat16 throughout; by default as it is served")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeats", type=int, default=15, help="of first tokens")
    options = parser.parse_args()
    spared = first_tokens(options.repeats, options.dtype)
    parts = [
        Part(n, options.processes, options.conversations, options.turns, options.tokens, options.slots, options.dtype)
        for n in range(options.processes)
    ]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        report(pool.map(hold, parts, chunksize=1), spared)


def report(parts: list[Found], spared: dict[str, Any]) -> None:
    """Print and write what was found."""
    ways: dict[str, Any] = {}
    for way in WAYS:
        counts: Counts = sum((part.counts[way] for part in parts), Counter())
        seconds = sum(part.seconds[way] for part in parts)
        ways[way] = {
            "differing": differing(parts, way),
            "cpu_seconds": round(seconds, 1),
            **dict(sorted(counts.items())),
        }
    show(
        "The same conversations, replies that differ from those with nothing cached",
        ("way", "turns", "differ", "prompt tokens", "of them cached", "turns with nothing cached"),
        [
            (way, n["turns"], n["differing"], n["prompt_tokens"], n.get("cached_tokens", 0), n.get("uncached_turns", 0))
            for way, n in ways.items()
        ],
    )
    show("First token, CPU", tuple(spared), [tuple(spared.values())])
    texts = len({reply for part in parts for talk in part.texts["evicted"] for reply in talk})
    results = {"version": parts[0].version, "different_texts": texts, "ways": ways, "first_token": spared}
    finish("one_truth", results)
