"""Face mesh: 468 points of each face, and the head's pose from all of them."""
