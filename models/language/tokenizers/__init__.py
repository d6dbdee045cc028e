"""Tokenizers of a model's own files: byte-level BPE and SentencePiece of a GGUF file, a folder's tokenizer.json."""
