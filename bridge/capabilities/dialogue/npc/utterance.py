"""What an NPC has said in a turn: sentences that have been released, where they stand, and which were late."""

from bridge.capabilities.dialogue.speech import Sentence


class Utterance:
    """One reply, sentence by sentence. Pure: times are arguments, in seconds.

    `due` is when the first sentence is due. Each further one has `pace` seconds for each of its tokens.
    """

    cut_text = ""  # nothing is taken back: what is released stays

    def __init__(self, due: float, pace: float) -> None:
        self.text = ""
        self.late_count = 0
        self.sentence_count = 0
        self._due, self._pace = due, pace
        self._said: set[str] = set()

    def has_said(self, text: str) -> bool:
        """Whether this sentence has been said already."""
        return text.casefold() in self._said

    def is_late(self, at: float) -> bool:
        """Whether a sentence at `at` would be late."""
        return at > self._due

    def wait(self, seconds: float) -> None:
        """Nothing could be said for some time, for which the game is answerable."""
        self._due += seconds

    def say(self, text: str, at: float, tokens: int = 1) -> tuple[str, Sentence, bool]:
        """Release a sentence of so many tokens. Returns its text with the space before it, where it stands, and
        whether it is late.
        """
        piece = f" {text}" if self.text else text
        late = self.is_late(at)
        self.late_count += late
        self._due = at + self._pace * max(1, tokens)
        start = len(self.text) + len(piece) - len(text)
        self.text += piece
        self._said.add(text.casefold())
        sentence = Sentence(text, self.sentence_count, start, len(self.text))
        self.sentence_count += 1
        return piece, sentence, late

    def finish(self, *, whole_sentences: bool = False) -> tuple[str, list[Sentence]]:
        """End it: nothing is held back."""
        return "", []
