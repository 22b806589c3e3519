"""Databento Binary Encoding: recorded market-by-order sessions."""
