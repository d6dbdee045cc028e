"""Conversations with a language model: prompts by its chat template, replies token by token."""
