"""Inference: the client names a model of the operator's own, sends tensors, and receives tensors."""
