"""The paths of tick, order, report and recovery."""
