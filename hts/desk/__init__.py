"""Qt-free panel logic: what a screen shows and what a key means."""
