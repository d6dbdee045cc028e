"""Faces, meshes and masks beside the TensorFlow Lite runtime, and a sheet of what was seen."""
