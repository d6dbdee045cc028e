"""A place in a reply where a sentence may end, and what is known of it."""

from enum import Enum
from typing import NamedTuple

from bridge.capabilities.dialogue.sentences.marks import Marks


class Verdict(Enum):
    """Whether the sentence ends there."""

    ENDS = "ends"
    GOES_ON = "goes on"
    OPEN = "open"  # what follows decides


class Place(NamedTuple):
    """A stop at `at` in the sentence that begins at `start`; the text is known up to `end`, and over if `final`."""

    text: str
    start: int
    at: int
    end: int
    final: bool
    marks: Marks  # that are open where the sentence begins

    @property
    def missing(self) -> Verdict:
        """The verdict when the text stops here and what decides has not come."""
        return Verdict.ENDS if self.final else Verdict.OPEN
