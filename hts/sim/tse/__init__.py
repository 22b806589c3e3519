"""What Tokyo does differently: itayose, special quotes, sequential trade quotes, allocation at the limit."""
