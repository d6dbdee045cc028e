"""Tests of the questions to NPCs and of their judge."""
