"""What every layer may use: time and storage as ports, bounded queues, sequences, the exception tree."""
