from hypothesis import given
from hypothesis import strategies as st

from hts.rules.isin import check_digit, is_valid, krx_isin


def test_known_isins():
    known = ["KR7005930003", "KR7000660001", "KR7035420009", "KR7005931001", "US0378331005", "JP3633400001"]
    assert [check_digit(isin[:11]) for isin in known] == [isin[11] for isin in known]
    assert all(map(is_valid, known))


def test_a_share_code_gives_its_isin():
    assert [krx_isin("005930"), krx_isin("000660"), krx_isin("069500")] == [
        "KR7005930003", "KR7000660001", "KR7069500007",
    ]  # fmt: skip


def test_letters_in_a_code_count_as_two_digits():
    # K R 7 0 1 2 6 Z 0 0 0 reads 20 27 7 0 1 2 6 35 0 0 0. From the right, doubled at every other place:
    # 0 0 0 5 6(3x2) 6 4(2x2) 1 0 7 5(7x2=14) 2 0 2 -> hence the places below.
    doubled = [0, 0, 0, 5, 6, 6, 4, 1, 0, 7, 5, 2, 0, 2]
    assert krx_isin("0126Z0") == f"KR70126Z000{-sum(doubled) % 10}"


def test_a_wrong_length_or_digit_is_invalid():
    assert [
        is_valid(text) for text in ("KR7005930004", "KR700593000", "", "KR70059300031", "삼성전자우우우우우우우우")
    ] == [False] * 5


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=11, max_size=11), st.integers(0, 10), st.integers(1, 9))
def test_one_changed_digit_is_always_noticed(body, place, by):
    isin = body + check_digit(body)
    assert is_valid(isin)
    if isin[place].isdigit():
        changed = isin[:place] + str((int(isin[place]) + by) % 10) + isin[place + 1 :]
        assert not is_valid(changed)
