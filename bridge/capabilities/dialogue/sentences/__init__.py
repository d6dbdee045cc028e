"""Finds the sentences in a reply while it is being written, for subtitles and voices, in any language."""

from bridge.capabilities.dialogue.sentences.cutter import LONGEST, Sentences

__all__ = ["LONGEST", "Sentences"]
