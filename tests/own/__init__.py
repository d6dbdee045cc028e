"""Models of the operator's own: how they are named, loaded and configured."""
