"""Questions to NPCs and what is right, written before the training recipe and apart from it."""
