"""Sequencer, books, bars and conflation."""
