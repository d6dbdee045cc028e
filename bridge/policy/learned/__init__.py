"""What the policy learns as it goes: how long slices take, who arrives when, who had how much, who stands where."""
