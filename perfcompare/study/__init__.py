"""A study measures the measuring: it injects a known slowdown and counts how often the comparisons find it."""
