"""Date-effective market rules as pure functions: ticks, limits, sessions, fees, calendars. Parsed tables come in."""
