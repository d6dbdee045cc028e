"""What runs when, and what can no longer be on time. Pure: time is an argument, nothing here acts."""
