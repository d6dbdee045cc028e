"""Between bytes and messages: framing, bounds, statuses, and the answer that a message asks for."""
