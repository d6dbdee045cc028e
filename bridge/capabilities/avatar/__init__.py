"""Looks go up, texture frames come down."""
