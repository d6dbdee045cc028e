"""Who is connected, and the memory that a client shares with us."""
