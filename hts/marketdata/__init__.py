"""Sequencer and books."""
