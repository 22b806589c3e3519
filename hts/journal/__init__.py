"""Record framing, writer, replay."""
