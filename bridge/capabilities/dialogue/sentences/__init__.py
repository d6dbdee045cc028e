"""Splits a streamed reply into sentences, for subtitles and voices, in any language."""

from bridge.capabilities.dialogue.sentences.cutter import LONGEST, Sentences

__all__ = ["LONGEST", "Sentences"]
