from hts.desk.ratios import bp_text, change_bp, divide, share_text, sign


def test_quotients_round_half_away_from_zero():
    assert [divide(n, 10) for n in (14, 15, -14, -15, 0)] == [1, 2, -1, -2, 0]


def test_a_change_is_counted_in_hundredths_of_a_percent():
    assert [change_bp(191_400, 188_700), change_bp(968_000, 974_000), change_bp(0, 100), change_bp(5, 0)] == [
        143,
        -62,
        0,
        0,
    ]


def test_changes_and_shares_as_text():
    assert [bp_text(bp) for bp in (143, -62, 0, 2_982)] == ["+1.43", "−0.62", "0.00", "+29.82"]
    assert [share_text(bp) for bp in (1_912, 10_000, 0)] == ["19.1", "100.0", "0.0"]


def test_signs():
    assert [sign(n) for n in (-3, 0, 7)] == [-1, 0, 1]
