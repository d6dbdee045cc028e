"""One character, served by different language models without a change of its own."""
