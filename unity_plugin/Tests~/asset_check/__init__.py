"""Checks the scenes, prefabs and assets of the Unity package: everything that they refer to is there, and fits."""
