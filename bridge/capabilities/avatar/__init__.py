"""Avatars: the client sends looks and receives texture frames."""
