"""What the model has written of a reply, cut into sentences: nothing of it is released yet.

Knows for each sentence how many of the reply's tokens come before it, so that the reply can go on from there.
"""

from dataclasses import dataclass

from bridge.capabilities.dialogue.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence that the model has written: after `tokens` of the reply, whose text ends with `lead` before it."""

    text: str
    tokens: int
    lead: str = ""


class Draft:
    """One reply, or what goes on behind a part of it; `lead` is text of that part behind its last sentence."""

    def __init__(self, lead: str = "") -> None:
        self._text = lead
        self._sentences = Sentences()
        self._sentences.push(lead)
        self._marks = [(len(lead), 0)]  # characters and tokens so far
        self._cut_at = 0  # where the last sentence ends

    def push(self, text: str, tokens: int) -> list[Drafted]:
        """Add text, with which the reply has so many tokens. Returns the sentences that it completes."""
        self._text += text
        self._marks.append((len(self._text), tokens))
        return [self._drafted(sentence) for sentence in self._sentences.push(text)]

    def end(self) -> tuple[list[Drafted], Drafted | None]:
        """The reply is over: the last whole sentences, and what is behind them."""
        sentences, rest = self._sentences.end()
        whole = [self._drafted(sentence) for sentence in sentences]
        return whole, self._drafted(rest.strip()) if rest.strip() else None

    def _drafted(self, sentence: str) -> Drafted:
        begin = self._cut_at
        at, tokens = next((mark for mark in self._marks if mark[0] >= begin), self._marks[-1])
        self._cut_at = self._text.index(sentence, begin) + len(sentence)
        return Drafted(sentence, tokens, self._text[begin:at])
