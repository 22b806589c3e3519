"""Execution algorithms and conditional orders."""
