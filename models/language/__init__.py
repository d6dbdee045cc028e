"""Decoders of language models in plain torch: weights, KV cache, batches of rows of any length, tokenizers."""
