"""What a player says goes up, what a character answers comes down as it is spoken."""
