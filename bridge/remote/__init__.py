"""Dialogue models at an endpoint of somebody else's: any server that speaks OpenAI's chat completions, streamed."""
