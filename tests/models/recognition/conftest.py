"""The two programs, loaded once."""

import pytest
import torch

from models.recognition.classifier_program import ClassifierProgram
from models.recognition.detector_program import DetectorProgram


@pytest.fixture(scope="package")
def classifier() -> ClassifierProgram:
    return ClassifierProgram.load(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="package")
def detector() -> DetectorProgram:
    return DetectorProgram.load(torch.device("cpu"), torch.float32)
