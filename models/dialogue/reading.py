"""Prefill in advance: caches a conversation's history before the next line is spoken."""

from models.dialogue.reply import Finish, Piece, Reply


class Reading(Reply):
    """Made by `DialogueProgram.reading`, of whole pages; an input of the prefill lane that ends with its last chunk.

    If released earlier, what it has read stays for the next turn or reading.
    """

    draws = False

    @property
    def worthwhile(self) -> bool:
        """Whether there is anything to read."""
        return self.unread > 0

    def finish(self) -> Piece:
        """The end, once all of it has been read."""
        return self._end(Finish.READ, "")
