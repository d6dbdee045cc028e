"""The KV cache: what a token is known by, which pages are cached, and who holds which."""
