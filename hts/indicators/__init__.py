"""Pure technical indicators over arrays."""
