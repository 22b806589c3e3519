"""What every layer may use: time and storage as ports, the exception tree."""
