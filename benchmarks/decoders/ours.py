"""Our decoder as a contestant: the prompts' lane row by row in its chunks, then steps of all rows together.

python ours.py ADAPTER MOST_ROWS CONTEXT
"""

import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TypeVar

import torch

from decoders.contestant import Stopwatch, Work, serve
from models.dialogue.dialogue_program import CHUNK, DECODE, PREFILL, DialogueProgram
from models.dialogue.sampling import LIKELIEST
from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.decoder import Decoder
from models.language.lora import Adapter

T = TypeVar("T")


class Ours:
    """A program whose slots are the rows."""

    def __init__(self, adapter: Path, rows: int, context: int) -> None:
        device = torch.device("cpu")
        self.program = DialogueProgram.load(device, slots=rows, context=context, adapters={"benchmark": adapter})
        self._lease = Lease(None, context)

    @torch.inference_mode()
    def run(self, work: Work, watch: Stopwatch) -> list[list[int]]:
        adapter = self.program.adapters["benchmark"] if work.adapter else None
        said = [self._read(slot, prompt, adapter) for slot, prompt in enumerate(work.prompts)]
        watch.lap("prefill")
        for step in range(work.tokens - 1):
            rows = [
                self._row(slot, len(prompt) + step, said[slot][-1:], True, adapter)
                for slot, prompt in enumerate(work.prompts)
            ]
            for tokens, token in zip(said, self._run(DECODE, rows), strict=True):
                tokens.append(token)
        watch.lap("decode")
        return said

    def _read(self, slot: int, prompt: Sequence[int], adapter: Adapter | None) -> list[int]:
        """The first token after a prompt, in a list."""
        said: list[int] = []
        for start in range(0, len(prompt), CHUNK):
            tokens = prompt[start : start + CHUNK]
            said = self._run(PREFILL, [self._row(slot, start, tokens, start + CHUNK >= len(prompt), adapter)])
        return said

    def _row(self, slot: int, start: int, tokens: Sequence[int], wanted: bool, adapter: Adapter | None) -> Row:
        return Row(self._lease, slot * self.program.context, start, tokens, wanted, adapter=adapter)

    def _run(self, lane: str, rows: Sequence[Row]) -> list[int]:
        """The likeliest token of each row that wants one."""
        decoder: Decoder = self.program.decoders[lane]
        x = _turn(decoder.read(Batch(rows, self.program.pool)))
        tokens, logits = decoder.likeliest(x, _turn(decoder.logits(x)), LIKELIEST)
        likeliest: list[int] = tokens.gather(1, logits.argmax(1, keepdim=True)).flatten().tolist()
        return likeliest


def _turn(run: Generator[None, None, T]) -> T:
    while True:
        try:
            next(run)
        except StopIteration as stop:
            result: T = stop.value
            return result


def main() -> None:
    torch.set_num_threads(1)
    ours = Ours(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    capability = torch.backends.cpu.get_cpu_capability()
    serve(ours.run, {"torch": torch.__version__, "capability": capability, "version": ours.program.version})


if __name__ == "__main__":
    main()
