"""Composition roots, command line, runner."""
