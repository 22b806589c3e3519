"""ISO 20022 messages of a broker: settlement, holdings, corporate actions, cash statements (docs/wire/iso20022.md)."""
