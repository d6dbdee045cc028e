"""Pictures in, textures out: one file per format. Knows arrays and bytes, neither gRPC nor models."""
