"""A model of Triton's Python backend that runs on the fake device."""

import os
import sys
from typing import Any

sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)  # the backend's Python ignores it

import numpy as np  # noqa: E402
import triton_python_backend_utils as backend  # noqa: E402
from fake_device.workload import FakeModel, Setup  # noqa: E402


class TritonPythonModel:
    """The class that the backend loads."""

    model: FakeModel

    def initialize(self, args: dict[str, str]) -> None:
        self.model = Setup.of_environment().load(args["model_name"])

    def execute(self, requests: list[Any]) -> list[Any]:
        """One flight for the whole batch; each request is one row."""
        answer = np.frombuffer(self.model.forward(len(requests)), dtype=np.uint8)[None]
        return [backend.InferenceResponse([backend.Tensor("answer", answer)]) for _ in requests]
