"""Decodes pictures and encodes textures, one file per format. Knows arrays and bytes, neither gRPC nor models."""
