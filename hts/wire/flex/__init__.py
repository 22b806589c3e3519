"""Tokyo's FLEX feed, market by order."""
