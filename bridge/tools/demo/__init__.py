"""`framebridge demo`: plays a short game against a real server, and records what it measures."""
