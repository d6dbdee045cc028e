"""The wire boundary: framing, limits, error statuses, and the request that a message becomes."""
