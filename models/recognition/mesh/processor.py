"""Face mesh's pre- and postprocessing, as recognition asks for it. Knows no torch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.recognition.mesh.meshes import SCORE_THRESHOLD, Mesh, MeshInput, RawMeshes, meshes_in

_DEFAULT_COUNT = 1


class MeshProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = False  # poses take a fraction of a millisecond

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        return rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> MeshInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return MeshInput.prepare(picture)

    @staticmethod
    def read(output: RawMeshes, size: tuple[int, int], threshold: float, limit: int) -> list[Mesh]:
        """The lane's output as answers; 0 leaves threshold or limit to the model."""
        return meshes_in(output, size, threshold or SCORE_THRESHOLD, limit or _DEFAULT_COUNT)

    @staticmethod
    def remember(output: RawMeshes, time: float, before: Any) -> RawMeshes:
        """What later pictures can be answered from."""
        return output

    @classmethod
    def carry(
        cls, remembered: RawMeshes, time: float, size: tuple[int, int], threshold: float, limit: int
    ) -> list[Mesh]:
        """The same meshes in a later picture, without the device."""
        return cls.read(remembered, size, threshold, limit)
