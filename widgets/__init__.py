"""Qt widgets: layout, paint, gestures. No domain state beyond selection and scroll."""
