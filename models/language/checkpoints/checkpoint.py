"""A model as it is stored, whichever format it came in: its architecture, and all of its tensors and no others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.gguf.tensor import Tensor
from models.language.architecture import Architecture

MEND = "download it again, or convert it again with a current converter"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """ValueError for a tensor that is missing, too many or of another shape than the architecture's."""

    name: str  # of the file or folder, for error messages
    architecture: Architecture
    tensors: Mapping[str, Tensor]  # by the format's own names
    spelled: Callable[[str], str]  # ggml's name of a tensor -> the format's

    def __post_init__(self) -> None:
        expected = {self.spelled(name): shape for name, shape in self.architecture.tensors()}
        for name, shape in expected.items():
            found = self.tensors.get(name)
            if found is None:
                raise ValueError(f"{self.name} lacks the tensor {name}; {MEND}")
            if found.shape != shape:
                raise ValueError(
                    f"{self.name}: the tensor {name} has {_by(found.shape)} values where its configuration says "
                    f"{_by(shape)}; {MEND}"
                )
        for name in self.tensors:
            if name not in expected:
                raise ValueError(
                    f"{self.name} has a tensor {name[:80]}, which no {self.architecture.family} model has; models of "
                    f"{self.architecture.family} are served as their makers describe them, without additions"
                )

    def tensor(self, name: str) -> Tensor:
        """A tensor by ggml's name."""
        return self.tensors[self.spelled(name)]


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
