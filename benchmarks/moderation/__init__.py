"""Lines that a safety hook has to pass, mark or hold."""
