"""Turns with NPCs: what is known is looked up, what is said is checked, sentence by sentence, before it is released."""
