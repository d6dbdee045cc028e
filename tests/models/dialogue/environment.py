"""Stands in for the process that renders templates, and shows its environment."""

import json
import os
import sys

json.load(sys.stdin)
json.dump({"renderings": [[repr(dict(os.environ)), None]]}, sys.stdout)
