"""Vectors of texts: close in angle where texts mean the same (all-MiniLM-L6-v2, English).

`word_pieces` makes tokens of a text, `encoder` is the network, `embedding_program` runs it on the device; `index` finds
the nearest of more vectors than numpy compares in time.
"""
