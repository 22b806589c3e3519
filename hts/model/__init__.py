"""The field's nouns as frozen values: prices, enums, instruments, intents, requests, reports, quotes, effects."""
