"""Dialogue: the client sends what a player says, and receives the character's reply as a stream."""
