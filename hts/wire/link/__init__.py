"""Frames and messages between core and terminal."""
