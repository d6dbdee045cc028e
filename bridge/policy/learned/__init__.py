"""What the policy learns at run time: slice times, arrival patterns, fair shares, the rung of each slot."""
