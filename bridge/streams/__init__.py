"""Bidirectional streams: every request gets exactly one answer, and a late one is marked as late."""
