"""Tests and measurements on a CUDA device, in stages that fit ten minutes together: `make gpu`."""
