"""Nasdaq TotalView-ITCH 5.0 by hand, where the table-driven codec is too slow."""
