"""Objects followed from picture to picture: stable ids, velocities and boxes for pictures that nothing has looked at.

Pure numpy: no torch, no clock, no picture. Times are seconds on any one clock, boxes are in any one unit of length.
"""
