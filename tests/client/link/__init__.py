"""Tests of what all streams of the client share."""
