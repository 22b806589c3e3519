"""The sorted list against a plain sort of everything after each change."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.tables_ranked import BLOCK, Ranked

CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=60)


@settings(max_examples=60)
@given(st.integers(0, 40), CHANGES)
def test_it_is_what_a_sort_gives(begin, changes):
    plain = {number: number % 7 for number in range(begin)}
    ranked = Ranked((rank, number, f"v{number}") for number, rank in plain.items())
    for count, (adds, rank) in enumerate(changes):
        if adds or not plain:
            number = 1_000 + count
            plain[number] = rank
            ranked.add(rank, number, f"v{number}")
        else:
            number = sorted(plain)[rank % len(plain)]
            ranked.remove(plain.pop(number), number)
        wanted = sorted(plain, key=lambda number: (plain[number], number))
        assert list(ranked) == [f"v{number}" for number in wanted]
        assert [ranked.at(i) for i in range(len(ranked))] == list(ranked)
        assert [ranked.position(plain[number], number) for number in wanted] == list(range(len(wanted)))


def test_blocks_are_split_and_dropped():
    ranked = Ranked()
    for number in range(BLOCK * 3):
        ranked.add(number * 37 % 1_000, number, number)
    assert max(len(block) for block in ranked._blocks) <= BLOCK
    assert len(ranked._blocks) > 3
    for number in range(BLOCK * 3):
        ranked.remove(number * 37 % 1_000, number)
    assert (len(ranked), ranked._blocks) == (0, [])
