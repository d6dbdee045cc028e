"""What a reply of an NPC is made of besides the model's words: intents, arguments of actions, results, feelings."""
