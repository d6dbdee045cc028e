"""What all capabilities of the client share: the connection, its streams, and how long the way takes."""
