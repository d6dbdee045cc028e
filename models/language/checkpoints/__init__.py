"""Models as they are stored: GGUF files, and folders of safetensors with a config.json."""
