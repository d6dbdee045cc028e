"""Our decoder beside llama.cpp and transformers' generate: the same file, one thread each, in the same run.

Rows of 128 prompt tokens, then 64 tokens after each, the likeliest every time, for 1, 4 and 16 rows side by side. In
each round the contestants work one after another, in turns forwards and backwards, and a ratio is that of two times of
one round; reported are the median over the rounds and its range. A step of ours includes what serving needs: the 64
likeliest tokens of each row with logits in float32. `adapter` is ours with a LoRA adapter of rank 16 on all projections
of every row. `agree` is the share of rows whose first token is the same, which says that both run the same model.

llama.cpp is built from source on first use, in peers/llama_cpp/.env, which takes some ten minutes. It decodes with
`llama_batch` of one sequence per row.

    python benchmarks/decode.py --rounds 5
    python benchmarks/decode.py --clock cpu     # by processor time, for a machine that others use too
    python benchmarks/decode.py --avx2          # as on a processor without AVX-512: nobody may use it
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from decoders.contestant import BENCHMARKS, Contestant, Work, contestant
from fake_device.runner import PeerUnavailable, environment
from harness.record import finish, show
from safetensors.torch import save_file

from models.gguf import file as gguf
from models.language.weights import find_weights

_PROMPT, _TOKENS = 128, 64
_CONTEXT = 256
_ROWS = (1, 4, 16)
_RANK = 16
_GENERATED = 4  # rows at most for transformers
_WITHOUT_AVX512 = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
_SIZES = ("llama.embedding_length", "llama.attention.head_count", "llama.attention.head_count_kv")


def prompts(rows: int, vocabulary: int) -> list[list[int]]:
    """`rows` prompts of _PROMPT tokens, always the same ones."""
    generator = torch.Generator().manual_seed(18)
    drawn: list[list[int]] = torch.randint(1000, vocabulary, (rows, _PROMPT), generator=generator).tolist()
    return drawn


def adapter(folder: Path, file: gguf.GGUF) -> Path:
    """A random LoRA adapter for the model in `file`."""
    layers, hidden = file.value("llama.block_count", int), file.value("llama.feed_forward_length", int)
    width, heads, kv_heads = (file.value(key, int) for key in _SIZES)
    keys = width // heads * kv_heads
    attention = {"q": (width, width), "k": (keys, width), "v": (keys, width), "o": (width, width)}
    feed_forward = {"gate": (hidden, width), "up": (hidden, width), "down": (width, hidden)}
    generator, tensors = torch.Generator().manual_seed(16), {}
    for layer in range(layers):
        for room, sizes in (("self_attn", attention), ("mlp", feed_forward)):
            for name, (out, into) in sizes.items():
                stem = f"base_model.model.model.layers.{layer}.{room}.{name}_proj"
                tensors[f"{stem}.lora_A.weight"] = torch.randn(_RANK, into, generator=generator) * into**-0.5
                tensors[f"{stem}.lora_B.weight"] = torch.randn(out, _RANK, generator=generator) * 0.01
    save_file(tensors, folder / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "r": _RANK, "lora_alpha": 2 * _RANK, "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


@contextmanager
def contestants(python: str | None, file: Path, of: Path) -> Iterator[dict[str, Contestant]]:
    """All that take part, by name; llama.cpp only with its `python`."""
    sizes = (str(max(_ROWS)), str(_CONTEXT))
    root = [BENCHMARKS.parent, *map(Path, sys.path[1:])]
    ours, generate = BENCHMARKS / "decoders" / "ours.py", BENCHMARKS / "decoders" / "generate.py"
    with ExitStack() as stack:
        start = stack.enter_context
        found = {"ours": start(contestant(sys.executable, ours, str(of), *sizes, paths=root))}
        if python is not None:
            llama = BENCHMARKS / "peers" / "llama_cpp" / "decode.py"
            found["llama_cpp"] = start(contestant(python, llama, str(file), *sizes))
        for dtype in ("bfloat16", "float32"):
            found[f"generate_{dtype}"] = start(contestant(sys.executable, generate, dtype, paths=root))
        yield found


class Rounds:
    """The times of all rounds, by number of rows and contestant."""

    def __init__(self, clock: str) -> None:
        self._suffix = "_cpu" if clock == "cpu" else ""
        self.seconds: dict[int, dict[str, list[dict[str, float]]]] = {}
        self.first: dict[int, dict[str, list[int]]] = {}

    def add(self, rows: int, name: str, answer: dict[str, Any]) -> None:
        self.seconds.setdefault(rows, {}).setdefault(name, []).append(answer["seconds"])
        self.first.setdefault(rows, {})[name] = [tokens[0] for tokens in answer["said"]]

    def times(self, rows: int, name: str, *parts: str) -> list[float]:
        """Seconds of these parts together, in each round."""
        return [sum(each[part + self._suffix] for part in parts) for each in self.seconds[rows][name]]

    def speed(self, rows: int, name: str, part: str) -> float:
        """Tokens per second, the median."""
        count = rows * (_PROMPT if part == "prefill" else _TOKENS - 1)
        return round(count / statistics.median(self.times(rows, name, part)), 1)

    def ratio(self, ours: Sequence[float], others: Sequence[float]) -> dict[str, float]:
        """How many times as fast ours is: the median over rounds, and its range."""
        found = [theirs / our for our, theirs in zip(ours, others, strict=True)]
        return {
            "median": round(statistics.median(found), 3),
            "least": round(min(found), 3),
            "most": round(max(found), 3),
        }


def measure(found: dict[str, Contestant], rounds: int, clock: str, vocabulary: int) -> Rounds:
    """All rounds for each number of rows, after one that is not counted."""
    result = Rounds(clock)
    for rows in _ROWS:
        wanted = prompts(rows, vocabulary)
        takes_part = [name for name in found if rows <= _GENERATED or not name.startswith("generate")] + ["adapter"]
        for number in range(rounds + 1):
            for name in takes_part if number % 2 else reversed(takes_part):
                process = found["ours" if name == "adapter" else name]
                answer = process.run(Work(wanted, _TOKENS, adapter=name == "adapter"))
                if number:
                    result.add(rows, name, answer)
        print(f"{rows} rows measured", flush=True)
    return result


def figures(rounds: Rounds, rows: int) -> dict[str, Any]:
    """What is reported for a number of rows."""
    names = rounds.seconds[rows]
    result: dict[str, Any] = {
        part: {name: rounds.speed(rows, name, part) for name in ("ours", "adapter", "llama_cpp") if name in names}
        for part in ("prefill", "decode")
    }
    if "llama_cpp" in names:
        for part in ("prefill", "decode"):
            theirs = rounds.times(rows, "llama_cpp", part)
            for name in ("ours", "adapter"):
                result[f"{part}_{name}_over_llama_cpp"] = rounds.ratio(rounds.times(rows, name, part), theirs)
        pairs = zip(rounds.first[rows]["ours"], rounds.first[rows]["llama_cpp"], strict=True)
        result["agree"] = sum(a == b for a, b in pairs) / rows
    for name in names:
        if name.startswith("generate"):
            ours = rounds.times(rows, "ours", "prefill", "decode")
            result[f"over_{name}"] = rounds.ratio(ours, rounds.times(rows, name, "generate"))
    parts = [rounds.times(rows, name, "decode") for name in ("adapter", "ours")]
    result["adapter_costs"] = round(1 / rounds.ratio(*parts)["median"] - 1, 3)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--avx2", action="store_true")
    options = parser.parse_args()
    if options.avx2:
        os.environ |= _WITHOUT_AVX512  # read when a contestant's process loads torch
    torch.set_num_threads(1)
    path = find_weights()
    file, load = gguf.read(path), os.getloadavg()[0]
    try:
        python: str | None = environment("llama_cpp_avx2" if options.avx2 else "llama_cpp")
    except PeerUnavailable as reason:
        print(reason, flush=True)
        python = None
    with (
        tempfile.TemporaryDirectory(prefix="adapter-") as folder,
        contestants(python, path, adapter(Path(folder), file)) as found,
    ):
        rounds = measure(found, options.rounds, options.clock, file.value("llama.vocab_size", int))
        about = {name: process.about for name, process in found.items()}
    results = {str(rows): figures(rounds, rows) for rows in _ROWS}
    lines = sorted({key for of_rows in results.values() for key in of_rows})
    show("Decoders", ("figure", *(f"{rows} rows" for rows in results)), [
        (key, *(_cell(of_rows.get(key)) for of_rows in results.values())) for key in lines
    ])  # fmt: skip
    notes = {"rounds": options.rounds, "clock": options.clock, "file": path.name, "contestants": about}
    finish(
        "decode_avx2" if options.avx2 else "decode",
        results,
        {**notes, "load_average": [round(load, 2), round(os.getloadavg()[0], 2)]},
    )


def _cell(value: Any) -> str:
    if isinstance(value, dict) and "median" in value:
        return f"{value['median']} ({value['least']}-{value['most']})"
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
