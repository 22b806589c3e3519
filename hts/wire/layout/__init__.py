"""Binary messages of fixed places, compiled from tables."""
