"""Benchmarks beside peers and physical limits, each as a ratio from one run."""
