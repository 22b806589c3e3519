"""Named colour, font and spacing roles."""
