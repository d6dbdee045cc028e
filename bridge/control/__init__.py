"""The server's own service: handshake, models, stats, health and metrics."""
