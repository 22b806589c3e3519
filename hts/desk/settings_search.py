"""Finding an option by any word of its title, its explanation, its section or its choices, in the reader's language."""

from msgspec import Struct

from hts.desk.settings import OPTIONS, Option, Settings
from hts.desk.texts import Texts

CHARACTERS_MAX = 80  # of what is looked for; more is no word of ours


class SettingRow(Struct, frozen=True, kw_only=True):
    """One option as it is shown. `start` and `length` mark what was found in the title; length 0 for nowhere."""

    option: Option
    title: str
    why: str
    section: str
    is_default: bool
    start: int = 0
    length: int = 0


def rows_of(settings: Settings, texts: Texts, wanted: str = "") -> tuple[SettingRow, ...]:
    """Options whose texts hold every word that is looked for; titles before explanations."""
    words = wanted[:CHARACTERS_MAX].casefold().split()
    found = []
    for number, option in enumerate(OPTIONS):
        title, why = texts(option.title_key), texts(option.why_key)
        section = texts(f"setting.section.{option.section}")
        choices = " ".join(texts(option.choice_key(choice)) for choice in option.choices)
        whole = f"{title} {why} {section} {option.name} {choices}".casefold()
        if not all(word in whole for word in words):
            continue
        in_title = [word for word in words if word in title.casefold()]
        start = title.casefold().find(in_title[0]) if in_title else 0
        row = SettingRow(
            option=option,
            title=title,
            why=why,
            section=section,
            is_default=settings.is_default(option.name),
            start=start,
            length=len(in_title[0]) if in_title else 0,
        )
        found.append((len(words) - len(in_title), number, row))
    return tuple(row for _, _, row in sorted(found, key=lambda each: each[:2]))
