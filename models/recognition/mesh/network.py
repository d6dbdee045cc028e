"""Face mesh: 468 points of a face in three dimensions from a crop around it. Read top to bottom.

Depthwise blocks with PReLU on 192 x 192 pixels, then two branches: the points, and whether there is a face at all.
Knows nothing of pictures or crops.

Source: Kartynnik et al., Real-time facial surface geometry (2019), and the model card of MediaPipe's face mesh (2020).
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.convolution import Convolution
from models.recognition.mediapipe.same import Pointwise, Slopes, same

SIDE = 192
POINTS = 468
TRUNK = (16, 16, -32, 32, 32, -64, 64, 64, -128, 128, 128, -128, 128, 128)  # negative: halves the sides


class Block(nn.Module):
    """A depthwise convolution and a pointwise one, added to the input; new channels are added to zeros."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.filter = same(inputs, inputs, 3, stride=stride, groups=inputs)
        self.mix = Pointwise(inputs, outputs)
        self.slopes = Slopes(outputs)
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C', H', W']."""
        shortcut = F.max_pool2d(x, 2) if self.stride == 2 else x
        y: Tensor = self.slopes(self.mix(self.filter(x), shortcut))
        return y


class Branch(nn.Module):
    """From the trunk's features [B, 128, 6, 6] to numbers [B, N]."""

    def __init__(self, outputs: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(128, 128, 1 if place else 2) for place in range(blocks))
        self.narrow = Pointwise(128, 32)
        self.narrow_slopes = Slopes(32)
        self.block = Block(32, 32, 1)
        self.out = Convolution(32, outputs, 3, padding=0)

    def forward(self, x: Tensor) -> Tensor:
        """[B, 128, 6, 6] to [B, N]."""
        for block in self.blocks:
            x = block(x)
        narrow = self.narrow_slopes(self.narrow(x))
        out: Tensor = self.out(self.block(narrow))
        return out.flatten(1)


class FaceMesh(nn.Module):
    """The whole network."""

    stages = len(TRUNK) + 3

    def __init__(self) -> None:
        super().__init__()
        self.stem = same(3, 16, 3, stride=2)
        self.slopes = Slopes(16)
        self.trunk = nn.ModuleList()
        inputs = 16
        for channels in TRUNK:
            self.trunk.append(Block(inputs, abs(channels), 2 if channels < 0 else 1))
            inputs = abs(channels)
        self.points = Branch(3 * POINTS, blocks=3)
        self.score = Branch(1, blocks=1)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> "FaceMesh":
        """From the file written by `models.recognition.mediapipe.convert`."""
        network = cls()
        network.load_state_dict(weights)
        return network

    def forward(self, x: Tensor) -> Steps[None, None, tuple[Tensor, Tensor]]:
        """Crops [B, 3, 192, 192], RGB from 0 to 1, to points [B, 468, 3] in pixels of the crop and logits [B].
        Yields `stages - 1` times.
        """
        x = self.slopes(self.stem(x))
        for block in self.trunk:
            yield
            x = block(x)
        yield
        points = self.points(x)
        yield
        return points.unflatten(1, (POINTS, 3)), self.score(x)[:, 0]
