"""What a token's keys and values in the KV cache depend on: the token, and whether a chunk of a prompt or a decode step
has read it, whose kernels compute other bits. What a player or the game writes is read in chunks; what a reply says is
read by the steps that speak it, and by steps of the same shapes when it has to be read again.
"""


def spoken(token: int) -> int:
    """The key of a token that a reply has said: negative. Other tokens are their own keys."""
    return ~token


def token_of(key: int) -> int:
    """The token of a key."""
    return max(key, ~key)
