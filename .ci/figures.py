"""Fails if an extraction figure has fallen below what was reached. The argument is the output of `score.py --json`."""

import json
import sys

# figure, measure, least
LEAST = [
    ("head", "R", 1.0),
    ("head", "P", 1.0),
    ("aliases", "F1", 0.97),
    ("mentions", "F1", 0.95),
    ("rel typed", "P", 0.85),
    ("rel typed", "R", 0.65),
]

scores = json.load(open(sys.argv[1], encoding="utf-8"))["ALL"]
reached = [(f"{figure} {measure}", scores[figure][measure], least) for figure, measure, least in LEAST]
reached.append(("evidence verbatim", scores["evidence"]["grounded"], 1.0))
for name, value, least in reached:
    print(f"{name:18} {value:.3f}  at least {least:.2f}  {'ok' if value >= least else 'TOO LOW'}")
sys.exit(any(value < least for _, value, least in reached))
