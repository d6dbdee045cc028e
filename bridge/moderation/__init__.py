"""What players and characters say, judged by a list of rules that the operator edits: pass, mark or hold. English only.

Knows neither gRPC nor the device; time is an argument or a clock that is given.
"""
