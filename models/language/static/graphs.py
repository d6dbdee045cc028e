"""CUDA graphs: a part of a step is captured with its kernels once, and then launched as a whole.

Launching a kernel from Python takes longer than running a small one: a step of a small model has a thousand. Graphs
share one pool of memory, which is safe in any order since nothing that a graph leaves behind lies in it.
"""

from collections.abc import Callable, Hashable
from typing import Protocol

import torch

Work = Callable[[], None]  # reads tensors and writes tensors that stay where they are


class Recorder(Protocol):
    """How work is repeated."""

    def record(self, work: Work) -> Work:
        """Do the work, and return what does it again."""
        ...


class Direct:
    """Repeats work by doing it."""

    def record(self, work: Work) -> Work:
        work()
        return work


class CudaRecorder:
    """Repeats work as a CUDA graph. What cannot be captured raises torch's RuntimeError."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)  # the default one cannot be captured
        self._memory = torch.cuda.graph_pool_handle()

    def record(self, work: Work) -> Work:
        usual = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(usual)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.stream(self._stream):
            work()  # so that libraries choose kernels and allocate now, which they may not do during a capture
            # Other threads may load a model meanwhile. `torch.cuda.graph` would wait for the device and empty its
            # cache.
            graph.capture_begin(pool=self._memory, capture_error_mode="thread_local")
            try:
                work()
            finally:
                graph.capture_end()
        usual.wait_stream(self._stream)
        return graph.replay


class Graphs:
    """Recordings by what they are of. Their number is bounded by that of the keys."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._recorded: dict[Hashable, Work] = {}

    def __len__(self) -> int:
        return len(self._recorded)

    def run(self, key: Hashable, work: Work) -> None:
        """Do the work: record it the first time, repeat it from then on."""
        repeat = self._recorded.get(key)
        if repeat is None:
            self._recorded[key] = self._recorder.record(work)
        else:
            repeat()
