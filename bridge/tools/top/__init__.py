"""`framebridge top`: what a running server does just now, for the people who operate it."""
