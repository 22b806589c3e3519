"""Session scripts of our own, line by line, for what tells the versions of FIX apart; the form is in fixt11.txt."""

import re
from pathlib import Path

import pytest

from hts.wire.fix.states import Role, State
from hts.wire.fix.values import timestamp
from tests.wire.fix.kit import Side, a_frame, shown

FOLDER = Path(__file__).with_name("scripts")
BEGIN_STRINGS = {"fix42": "FIX.4.2", "fix44": "FIX.4.4", "fixt11": "FIXT.1.1"}
LEFT_OUT = ("8", "9", "10", "49", "52", "56", "122")


def scripts():
    """(begin string, role, name, lines)."""
    for path in sorted(FOLDER.glob("*.txt")):
        parts = re.split(r"^\[(acceptor|initiator): (.*)\]$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for role, name, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            yield pytest.param(
                BEGIN_STRINGS[path.stem], Role(role), body.strip().splitlines(), id=f"{path.stem} {role}: {name}"
            )


class Stage:
    """One of our sessions, and a peer that says what the script says."""

    def __init__(self, begin_string: str, role: Role) -> None:
        self.side = Side(role, begin_string)
        self.said = self._messages(self.side.connect())

    def peer_says(self, text: str) -> None:
        """Fields after the header's; CompIDs and the time are filled in."""
        fields = text.split("|")
        begin_string = fields.pop(0)[2:] if fields[0].startswith("8=") else self.side.begin_string
        time = timestamp(self.side.now_ns).decode()
        config = self.side.config
        head = [*fields[:2], f"49={config.target_comp_id}", f"52={time}", f"56={config.sender_comp_id}"]
        frame = a_frame("|".join([*head, *fields[2:]]) + "|", begin_string)
        self.said += self._messages(self.side.receive(frame))

    def we_say(self, text: str) -> None:
        assert self.said, f"{text} expected, nothing was said"
        assert self.said.pop(0) == text

    def wait(self) -> None:
        """Until the next timer."""
        self.said += self._messages(self.side.tick())

    def is_in(self, state: str) -> None:
        assert self.said == []
        assert self.side.session.state is State(state)

    @staticmethod
    def _messages(data: bytes) -> list[str]:
        found = []
        for part in shown(data).split("8=FIX")[1:]:
            fields = [field for field in f"8=FIX{part}".split("|")[:-1] if field.split("=")[0] not in LEFT_OUT]
            found.append("|".join(fields))
        return found


@pytest.mark.parametrize(("begin_string", "role", "lines"), list(scripts()))
def test_script(begin_string, role, lines):
    stage = Stage(begin_string, role)
    for line in lines:
        if line.startswith("< "):
            stage.peer_says(line[2:])
        elif line.startswith("> "):
            stage.we_say(line[2:])
        elif line == "~":
            stage.wait()
        elif line and not line.startswith("#"):
            stage.is_in(line)
    assert stage.said == []


def test_every_version_has_scripts_for_both_roles():
    found = {(one.values[0], one.values[1]) for one in scripts()}
    assert {("FIX.4.2", role) for role in Role} | {("FIXT.1.1", role) for role in Role} < found
