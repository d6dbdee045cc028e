"""Models of the Hugging Face hub, or of a folder in its layout: loaded by transformers, served as tensors."""
