"""The program, loaded once in each format, and the texts that the tests embed."""

import pytest
import torch

from models.embedding.embedding_program import EmbeddingProgram


@pytest.fixture(scope="package")
def program() -> EmbeddingProgram:
    """In float32."""
    return EmbeddingProgram.load(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="package")
def shipped() -> EmbeddingProgram:
    """In the format that is fastest here."""
    return EmbeddingProgram.load(torch.device("cpu"))
