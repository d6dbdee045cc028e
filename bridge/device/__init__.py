"""The device: the thread that owns it, the models on it, and what their slices cost."""
