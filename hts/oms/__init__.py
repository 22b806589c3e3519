"""Orders: the state table, chains, working orders, idempotency."""
