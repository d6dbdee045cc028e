"""A conversation's history on its way into its slot before anybody has said more: a prompt without a reply."""

from models.dialogue.reply import Finish, Piece, Reply

_LITTLE = 16  # tokens: fewer than a turn has to read in any case


class Reading(Reply):
    """Made by `DialogueProgram.reading`; an input of the prefill lane, whose runs end with its last chunk.

    Released before that, it leaves what it has read to the turn that comes, or to another reading.
    """

    draws = False

    @property
    def worthwhile(self) -> bool:
        """Whether a turn would notice."""
        return self.unread > _LITTLE

    def finish(self) -> Piece:
        """All of it has been read."""
        return self._end(Finish.READ, "")
