"""One conversation, one seed, one text: whatever is cached, and whoever speaks beside it."""
