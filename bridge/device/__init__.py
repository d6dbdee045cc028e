"""The one thread that owns the device, the models on it, and what they were measured to cost."""
