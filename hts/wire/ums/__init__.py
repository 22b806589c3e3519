"""Our published KRX order-entry layout: codec and session (docs/wire/ums.md)."""
