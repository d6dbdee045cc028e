"""Speed and memory claims, each a script that anybody can run: `python -m benchmarks.overhead`."""
