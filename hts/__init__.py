"""A desktop trading terminal with its whole order path on the user's machine. Empty on purpose: see the packages."""
