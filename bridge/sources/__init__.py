"""Models that the operator names: from a source, such as `./portraits.py:STYLE`, to declarations."""
