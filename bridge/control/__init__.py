"""The control service: handshake, models, stats, health and metrics."""
