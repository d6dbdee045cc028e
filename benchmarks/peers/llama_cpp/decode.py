"""llama.cpp as a contestant of `decode.py`, through the low-level interface of llama-cpp-python.

python decode.py FILE MOST_ROWS CONTEXT
"""

import ctypes
import sys

import llama_cpp
import numpy as np
from decoders.contestant import Stopwatch, Work, serve

_AT_ONCE = 2048  # tokens of one call


class Llama:
    """A context of one thread in which each row is a sequence of its own."""

    def __init__(self, path: str, rows: int, context: int) -> None:
        llama_cpp.llama_backend_init()
        self._quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
        llama_cpp.llama_log_set(self._quiet, ctypes.c_void_p())
        settings = llama_cpp.llama_model_default_params()
        settings.n_gpu_layers = 0
        self._model = llama_cpp.llama_model_load_from_file(path.encode(), settings)
        if not self._model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        wishes = llama_cpp.llama_context_default_params()
        wishes.n_ctx, wishes.n_seq_max = rows * context, rows
        wishes.n_batch, wishes.n_threads, wishes.n_threads_batch = _AT_ONCE, 1, 1
        self._context = llama_cpp.llama_init_from_model(self._model, wishes)
        self._batch = llama_cpp.llama_batch_init(_AT_ONCE, 0, 1)
        self._vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self._model))

    def run(self, work: Work, watch: Stopwatch) -> list[list[int]]:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), True)
        said = [[token] for token in self._decode(work.prompts, 0)]
        watch.lap("prefill")
        length = len(work.prompts[0])
        for step in range(work.tokens - 1):
            for tokens, token in zip(said, self._decode([row[-1:] for row in said], length + step), strict=True):
                tokens.append(token)
        watch.lap("decode")
        return said

    def _decode(self, rows: list[list[int]], start: int) -> list[int]:
        """The likeliest token after each row, whose tokens go to positions from `start` on."""
        batch, count, last = self._batch, 0, []
        for sequence, tokens in enumerate(rows):
            for offset, token in enumerate(tokens):
                batch.token[count], batch.pos[count] = token, start + offset
                batch.n_seq_id[count], batch.seq_id[count][0] = 1, sequence
                batch.logits[count] = offset == len(tokens) - 1
                count += 1
            last.append(count - 1)
        batch.n_tokens = count
        if status := llama_cpp.llama_decode(self._context, batch):
            raise RuntimeError(f"llama_decode returned {status}")
        return [self._likeliest(place) for place in last]

    def _likeliest(self, place: int) -> int:
        logits = llama_cpp.llama_get_logits_ith(self._context, place)
        return int(np.ctypeslib.as_array(logits, (self._vocabulary,)).argmax())


def main() -> None:
    llama = Llama(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    built = llama_cpp.llama_print_system_info().decode()
    serve(llama.run, {"llama_cpp_python": llama_cpp.__version__, "built": built})


if __name__ == "__main__":
    main()
