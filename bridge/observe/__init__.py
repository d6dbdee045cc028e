"""What is counted, and which stage a late answer is attributed to."""
