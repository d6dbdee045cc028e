"""Counters, statistics, and the attribution of late answers to stages."""
