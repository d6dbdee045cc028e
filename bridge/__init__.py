"""FrameBridge brings large models into game worlds, inside the game's frame budget."""

__version__ = "0.1.0"
