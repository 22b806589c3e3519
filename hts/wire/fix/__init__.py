"""FIX 4.2, 4.4 and 5.0 SP2 (FIXT.1.1): dictionaries, tag=value codec, validation, session."""
