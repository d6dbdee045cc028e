"""People: a mask of what of a picture shows them (selfie segmentation)."""
