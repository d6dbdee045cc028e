"""Moderation: how likely a text is abusive, by the words in it. numpy alone; the rules that decide are the bridge's."""
