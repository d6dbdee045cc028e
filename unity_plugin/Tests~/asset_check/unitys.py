"""What Unity and com.unity.ugui bring: the lines of unity-assets.txt."""

from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "unity-assets.txt"
SCRIPT = 11500000


@dataclass(frozen=True, slots=True)
class UnityAsset:
    """One of Unity's: its class, and what the line says after it."""

    full_name: str
    rest: tuple[str, ...]

    @property
    def name(self) -> str:
        """The class without its namespace."""
        return self.full_name.rpartition(".")[2]


def read(path: Path = LIST) -> dict[tuple[str, int], UnityAsset]:
    """All of them, by GUID and number."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            guid, number, full_name, *rest = line.split(" ")
            found[guid, int(number)] = UnityAsset(full_name, tuple(rest))
    return found
