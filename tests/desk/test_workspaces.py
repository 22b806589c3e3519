from hts.desk.actions import Refusal
from hts.desk.workspaces import OWN_MAX, WorkspaceEntry, WorkspaceList

ONE = WorkspaceEntry(name="own-1", base="day", title="Mine")


def workspaces():
    return WorkspaceList(("day", "scalper"))


def titles(made):
    return [entry.title or entry.name for entry in made.entries]


def test_own_ones_stand_behind_those_that_ship():
    made = workspaces()
    assert made.add("  Mine \n", "day") == ONE
    assert titles(made) == ["day", "scalper", "Mine"]
    assert (made.at(3), made.at(4), made.at(0)) == (ONE, None, None)
    assert (made.after("own-1", 1).name, made.after("day", -1).name) == ("day", "own-1")


def test_rename_and_remove():
    made = workspaces()
    made.add("Mine", "day")
    assert made.rename("own-1", "Open") is None
    assert titles(made)[-1] == "Open"
    assert made.remove("own-1") is None
    assert titles(made) == ["day", "scalper"]


def test_what_ships_stays():
    made = workspaces()
    ships = Refusal(key="refusal.workspace_ships")
    assert [made.rename("day", "x"), made.remove("day"), made.remove("own-9")] == [ships] * 3


def test_titles_are_single_lines_and_their_own():
    made = workspaces()
    made.add("Mine", "day")
    made.add("Other", "day")
    assert made.add("\u202e \t", "day") == Refusal(key="refusal.workspace_untitled")
    assert made.add("Mine", "day") == Refusal(key="refusal.workspace_title_taken", values={"title": "Mine"})
    assert made.rename("own-2", "Mine") == Refusal(key="refusal.workspace_title_taken", values={"title": "Mine"})
    assert made.rename("own-2", "Other") is None
    assert made.rename("own-2", "x" * 10_000) is None
    assert len(made.entries[-1].title) == 24
    assert made.free_title("Mine") == "Mine 1"


def test_there_is_an_end():
    made = workspaces()
    for n in range(OWN_MAX):
        made.add(f"W {n}", "day")
    assert made.add("more", "day") == Refusal(key="refusal.workspaces_full", values={"limit": "16"})
    made.remove("own-3")
    assert made.add("more", "day") == WorkspaceEntry(name="own-3", base="day", title="more")


def test_what_is_stored_comes_back():
    made, again = workspaces(), workspaces()
    made.add("Mine", "day")
    made.add("둘", "scalper")
    assert again.restore(made.state())
    assert again.entries == made.entries


def test_what_is_no_workspace_is_left_out():
    made = workspaces()
    good = {"name": "own-1", "base": "day", "title": "Mine"}
    bad = [{"name": "day", "base": "day", "title": "x"}, {"name": "own-2", "base": "gone", "title": "x"}, 7, good, good]
    assert not made.restore(bad)
    assert made.entries[2:] == (ONE,)
    assert not made.restore("nothing")
    assert made.restore([])


def test_those_of_a_file_come_all_or_none_and_replace_nobody():
    made = workspaces()
    made.add("Mine", "day")
    wanted = [
        ("Mine", "scalper"),
        ("Day", "day"),
        ("New", "day"),
        ("Mine", "day"),
        ("x" * 99, "day"),
        ("x" * 99, "day"),
    ]
    assert [entry.title for entry in made.add_all(wanted, ["Day"])] == [
        "Mine 2",
        "Day 2",
        "New",
        "Mine 3",
        "x" * 24,
        f"{'x' * 21} 2",
    ]
    assert (made.find("own-1"), made.find("own-2").base) == (ONE, "scalper")
    before = made.entries
    refusal = made.add_all([(f"W {n}", "day") for n in range(10)], [])
    values = {"limit": "16", "found": "10", "room": "9"}
    assert (refusal, made.entries) == (Refusal(key="refusal.workspaces_no_room", values=values), before)
    assert [entry.title for entry in made.add_all([("W 1", "day"), ("W 1", "day")], [])] == ["W 1", "W 2"]
