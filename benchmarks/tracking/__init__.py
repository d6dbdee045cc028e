"""Trackers on boxes of two street scenes, and on people who cross."""
