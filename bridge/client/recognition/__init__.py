"""What cameras see: labels, boxes, faces, meshes and masks."""

from bridge.client.recognition.faces import Face, FaceMesh, HeadPose, PeopleMask
from bridge.client.recognition.recognized import Box, Label, Recognized

__all__ = ["Box", "Face", "FaceMesh", "HeadPose", "Label", "PeopleMask", "Recognized"]
