"""A possible sentence boundary, and the verdict on it."""

from enum import Enum
from typing import NamedTuple

from bridge.capabilities.dialogue.sentences.marks import Marks


class Verdict(Enum):
    """Whether the sentence ends at a boundary."""

    ENDS = "ends"
    CONTINUES = "continues"
    UNDECIDED = "undecided"  # depends on text that has not arrived


class Boundary(NamedTuple):
    """A stop at `at` in the sentence that begins at `start`; text is available up to `end`, complete if `final`."""

    text: str
    start: int
    at: int
    end: int
    final: bool
    marks: Marks  # open at `start`

    @property
    def missing(self) -> Verdict:
        """The verdict if the available text ends here."""
        return Verdict.ENDS if self.final else Verdict.UNDECIDED
