"""Benchmarks: one command each, every figure and the one it is compared with measured in the same run."""
