"""Turns the pieces of a reply into what the client gets: tokens of whole characters, late or not, and sentences."""

from dataclasses import dataclass

from bridge.capabilities.dialogue.clusters import Clusters
from bridge.capabilities.dialogue.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply: its number, and where it stands in the reply's text, in characters."""

    text: str
    index: int
    start: int
    end: int


class Speech:
    """One reply. Pure: times are arguments, in seconds. `due` is when the first token is due, `pace` the longest gap
    between the others.
    """

    def __init__(self, due: float, pace: float) -> None:
        self.text = ""  # so far
        self.cut_text = ""  # what was sent behind it, and was taken back at the end
        self.late_count = 0  # tokens
        self.sentence_count = 0
        self._due, self._pace = due, pace
        self._clusters = Clusters()
        self._sentences = Sentences()
        self._whole = ""  # all pieces, of which `text` may lack the end
        self._cut_at = 0  # where the last sentence ends in it

    def is_late(self, at: float) -> bool:
        """Whether a token at `at` would be late."""
        return at > self._due

    def push(self, text: str, at: float, *, last: bool = False) -> tuple[str, bool]:
        """Add a piece generated at `at`. Returns the text that is ready to send, and whether it is late."""
        ready = self._clusters.push(text)
        if last:
            ready += self._clusters.finish()
        late = bool(ready) and at > self._due
        if ready or (text and self.text):  # a piece held back also moves the next due time
            self._due = at + self._pace
        self.late_count += late
        self.text += ready
        return ready, late

    def sentences(self, text: str) -> list[Sentence]:
        """The sentences that a piece completes, numbered."""
        self._whole += text
        found = self._sentences.push(text)
        return self._numbered(found) if found else []

    def finish(self, *, whole_sentences: bool = False) -> tuple[str, list[Sentence]]:
        """End the reply. Returns the text held back, and the last sentences.

        With `whole_sentences`, what follows the last whole one is no sentence and no part of `text`, unless there is
        none.
        """
        rest = self._clusters.finish()
        self.text += rest
        sentences, left = self._sentences.end()
        kept = self.text.removesuffix(left).rstrip()
        if left := left.strip():
            if whole_sentences and kept:
                self.text, self.cut_text = kept, self.text[len(kept) :]
            else:
                sentences.append(left)
        return rest, self._numbered(sentences)

    def _numbered(self, sentences: list[str]) -> list[Sentence]:
        numbered = []
        for text in sentences:
            start = self._whole.index(text, self._cut_at)
            self._cut_at = start + len(text)
            numbered.append(Sentence(text, self.sentence_count, start, self._cut_at))
            self.sentence_count += 1
        return numbered
