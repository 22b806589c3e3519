"""Sans-I/O wire protocols: bytes to events and back. Layout tables come in as parsed dicts."""
