"""Smart order routing."""
