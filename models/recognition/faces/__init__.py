"""Faces: boxes, six points each and the head's pose (BlazeFace)."""
