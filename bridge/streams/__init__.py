"""One bidirectional stream and its answers: every request gets exactly one, none of them late unmarked."""
