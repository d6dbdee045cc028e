"""GGUF files: metadata and tensors, read as data."""
