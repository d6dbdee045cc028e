"""Recognition: the client sends camera pictures and receives class names and boxes."""
