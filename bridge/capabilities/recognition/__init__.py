"""Camera pictures go up, names and boxes come down."""
