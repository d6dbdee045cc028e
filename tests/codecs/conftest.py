"""Real avatars to encode."""

import numpy as np
import pytest
import torch

from models.avatar.avatar_program import FULL_LANE, AvatarProgram
from tests.codecs.decoding import Picture


@pytest.fixture(scope="session")
def avatars() -> list[Picture]:
    """Eight pictures of the shipped generator, 64 x 64."""
    program = AvatarProgram.load(torch.device("cpu"))
    painting = program.start(FULL_LANE, program.sample(FULL_LANE, 8))
    while True:
        try:
            with torch.inference_mode():
                next(painting)
        except StopIteration as end:
            return [np.asarray(picture) for picture in end.value]
