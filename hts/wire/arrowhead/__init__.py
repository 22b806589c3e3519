"""Order entry at Tokyo in a layout of our own; see docs/wire/arrowhead.md."""
