"""Non-player characters as data: their files, what a model is told of them, and what holds a reply to the facts."""
