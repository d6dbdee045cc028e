"""Pictures from clients: what they cost, the order they are decoded in, and the workers that decode them."""
