import random

from hts.desk.drawings import DRAWINGS_MAX, Anchor, Kind
from hts.desk.drawings_board import UNDO_MAX, Board, Pen
from hts.desk.drawings_shape import Hit
from tests.desk.scene import NINE


def at(seconds: float, px: float) -> Anchor:
    return Anchor(NINE + int(seconds * 1_000_000_000), px)


def test_every_change_is_taken_back_and_made_again():
    board, dice = Board(), random.Random(2)
    seen = [board.drawings]
    for _ in range(60):
        ids = [d.drawing_id for d in board.drawings]
        if ids and dice.random() < 0.3:
            board.remove(dice.choice(ids))
        else:
            board.add(dice.choice([Kind.HORIZONTAL, Kind.TEXT]), [at(dice.random(), dice.random() + 1)], "x")
        seen.append(board.drawings)
    back = []
    while board.undo():
        back.append(board.drawings)
    again = []
    while board.redo():
        again.append(board.drawings)
    assert back == seen[-2::-1]
    assert again == seen[1:]


def test_a_new_change_ends_the_future_and_undo_has_a_bound():
    board = Board()
    for i in range(UNDO_MAX + 20):
        board.add(Kind.HORIZONTAL, [at(i, 5)])
    board.undo()
    board.add(Kind.VERTICAL, [at(1, 5)])
    assert not board.redo()
    assert sum(1 for _ in iter(board.undo, False)) == UNDO_MAX


def test_ids_are_never_used_twice_and_a_removed_one_is_not_selected():
    board = Board()
    first = board.add(Kind.HORIZONTAL, [at(0, 5)])
    assert (board.selected, board.remove(first), board.remove(first), board.selected) == (first, True, False, 0)
    assert board.add(Kind.HORIZONTAL, [at(0, 5)]) == first + 1


def test_a_full_board_takes_no_more():
    board = Board()
    for i in range(DRAWINGS_MAX):
        board.add(Kind.HORIZONTAL, [at(i, 5)])
    assert (board.add(Kind.HORIZONTAL, [at(0, 5)]), len(board.drawings)) == (0, DRAWINGS_MAX)


def test_a_tool_makes_its_drawing_anchor_by_anchor():
    pen = Pen(Board())
    pen.choose(Kind.CHANNEL)
    drafts = []
    for i in range(2):
        assert pen.press(at(i, 10 + i)) is None
        pen.hover(at(9, 99))
        drafts.append(pen.shown()[0].anchors)
    made = pen.press(at(5, 50))
    assert drafts == [(at(0, 10), at(9, 99)), (at(0, 10), at(1, 11), at(9, 99))]
    assert made.anchors == (at(0, 10), at(1, 11), at(5, 50))
    assert (pen.tool, pen.draft, pen.board.drawings, pen.board.selected) == (None, None, (made,), made.drawing_id)


def test_a_text_is_there_when_it_says_something():
    pen = Pen(Board())
    for text in ("", "  지지선 "):
        pen.choose(Kind.TEXT)
        pen.press(at(0, 10))
        pen.write(text)
    assert [d.text for d in pen.board.drawings] == ["지지선"]
    pen.board.rewrite(pen.board.selected, " ")
    assert pen.board.drawings == ()


def test_a_move_is_one_change_and_escape_leaves_all_as_it_was():
    board = Board()
    number = board.add(Kind.TREND, [at(0, 10), at(10, 20)])
    pen = Pen(board)
    pen.take(Hit(number, -1), at(5, 15))
    for i in range(5):
        pen.drag(at(5 + i, 15 + i))
    pen.release()
    moved = board.drawings[0].anchors
    pen.take(Hit(number, 1), at(14, 24))
    pen.drag(at(30, 99))
    shown = pen.shown()[0].anchors
    assert pen.cancel()
    assert (moved, shown) == ((at(4, 14), at(14, 24)), (at(4, 14), at(30, 99)))
    assert board.drawings[0].anchors == moved
    board.undo()
    assert board.drawings[0].anchors == (at(0, 10), at(10, 20))


def test_the_keyboard_selects_one_after_the_other():
    board = Board()
    ids = [board.add(Kind.HORIZONTAL, [at(i, 5)]) for i in range(3)]
    board.selected = 0
    assert [board.select_next(1) for _ in range(4)] == [*ids, ids[0]]
    assert board.select_next(-1) == ids[2]
    assert Board().select_next(1) == 0


def test_a_colour_is_the_selected_drawings_and_that_of_what_is_drawn_next():
    board = Board()
    board.add(Kind.HORIZONTAL, [Anchor(1, 1.0)])
    board.recolor("vwap")
    board.add(Kind.HORIZONTAL, [Anchor(2, 2.0)])
    pen = Pen(board)
    pen.choose(Kind.TREND)
    pen.press(Anchor(3, 3.0))
    assert ([d.color for d in board.drawings], pen.draft.color) == (["vwap", "vwap"], "vwap")
    pen.cancel()
    board.undo()
    board.undo()
    assert [d.color for d in board.drawings] == [""]


def test_a_copy_stands_beside_its_original_and_is_chosen():
    board = Board()
    assert not board.duplicate(7, lambda anchor: anchor)
    board.color = "ma20"
    first = board.add(Kind.TREND, [at(0, 5), at(9, 7)])
    assert board.duplicate(first, lambda anchor: Anchor(anchor.trade_ns + 1, anchor.px + 2))
    original, copy = board.drawings
    assert (copy.kind, copy.color, copy.anchors) == (
        Kind.TREND,
        "ma20",
        (Anchor(NINE + 1, 7), Anchor(at(9, 0).trade_ns + 1, 9)),
    )
    assert (board.selected, copy.drawing_id != original.drawing_id) == (copy.drawing_id, True)
    board.undo()
    assert board.drawings == (original,)


def test_a_tool_that_is_kept_makes_one_drawing_after_the_other():
    board = Board()
    pen = Pen(board)
    pen.keeps = True
    pen.choose(Kind.HORIZONTAL)
    for px in (5, 6, 7):
        pen.press(at(0, px))
    pen.choose(Kind.TEXT)
    pen.press(at(0, 9))
    pen.write("x")
    assert ([d.kind for d in board.drawings], pen.tool) == ([Kind.HORIZONTAL] * 3 + [Kind.TEXT], Kind.TEXT)
    assert (pen.cancel(), pen.tool) == (True, None)
