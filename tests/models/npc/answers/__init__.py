"""Answers from facts, without a model."""
