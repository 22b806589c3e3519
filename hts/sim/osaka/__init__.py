"""What Osaka does differently: steps of the price limits, night and day."""
