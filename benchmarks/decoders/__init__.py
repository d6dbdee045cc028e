"""Decoders that `decode.py` compares, each a process of one thread that answers line by line."""
