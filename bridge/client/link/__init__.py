"""Shared by all capabilities of the client: the connection, its streams, and measurements of the link."""
