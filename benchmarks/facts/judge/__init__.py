"""Says whether a reply is right, by rules alone: no model judges another."""
