"""Thin servicers: a message becomes a job, an outcome becomes a message."""
