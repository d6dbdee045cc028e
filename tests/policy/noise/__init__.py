"""Other processes take the core: what is learned of that, and what it does to a game."""
