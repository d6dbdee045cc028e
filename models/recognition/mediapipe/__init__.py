"""Reads MediaPipe's TensorFlow Lite files as data, and converts the weights of faces, meshes and people. Run once."""
