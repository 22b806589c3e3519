"""One module per venue: wire to model and back. Decides nothing."""
