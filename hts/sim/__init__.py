"""The other side of the wire: matching, sessions, feeds, agents."""
