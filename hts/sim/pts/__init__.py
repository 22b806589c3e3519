"""What the Japanese PTS do differently: Japannext and ODX."""
