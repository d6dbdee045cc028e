"""Reads a command line of `framebridge serve` as its configuration."""

import argparse

from bridge.config import Config
from bridge.config_file import effective
from bridge.flags import add_flags


def read(*words: str) -> Config:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    return effective(parser.parse_args(words))
