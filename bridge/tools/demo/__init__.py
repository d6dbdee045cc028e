"""A short game against a real server: what `framebridge demo` plays, measures and writes down."""
