"""FAST 1.1: templates from XML, decoder, encoder (docs/wire/fast.md)."""
