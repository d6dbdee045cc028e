"""`framebridge npc`: checks the file of an NPC, and talks with it in the terminal."""
