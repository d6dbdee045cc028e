"""Decode steps in tensors of fixed shapes, which CUDA graphs can repeat."""
