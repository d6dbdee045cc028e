"""Prefill in advance: puts a conversation's history into its slot before the next line is spoken."""

from models.dialogue.reply import Finish, Piece, Reply

_LITTLE = 16  # tokens; a turn reads more than that in any case


class Reading(Reply):
    """Made by `DialogueProgram.reading`; an input of the prefill lane that ends with its last chunk.

    If released earlier, what it has read stays for the next turn or reading.
    """

    draws = False

    @property
    def worthwhile(self) -> bool:
        """Whether there is enough to read for a turn to notice."""
        return self.unread > _LITTLE

    def finish(self) -> Piece:
        """The end, once all of it has been read."""
        return self._end(Finish.READ, "")
