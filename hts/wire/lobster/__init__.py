"""Recorded order-book sessions in LOBSTER csv."""
