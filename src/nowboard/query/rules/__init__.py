"""Planner rules: pure functions from tree to tree."""
