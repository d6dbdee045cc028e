"""The scheduling policy: what runs when, and what to refuse. Pure: time is an argument, and nothing here acts."""
