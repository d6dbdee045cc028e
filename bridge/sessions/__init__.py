"""Client sessions, and the shared memory that a session may have."""
