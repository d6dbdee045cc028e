"""What an NPC's facts answer to a line of the player, without a model: found by words, kind and meaning."""
