"""Scripts of sessions, played from outside."""
