"""Pictures that clients send: what they cost, who is decoded when, and by which worker."""
