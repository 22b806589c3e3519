"""Deterministic whole-system simulation with checkers."""
