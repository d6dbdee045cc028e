"""`framebridge top`: a live view of a running server for its operators."""
