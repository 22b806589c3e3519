import pytest

from hts.model.views import OutcomeView
from hts.oms.idempotency import Outcomes, is_request_id


def test_first_outcome_stands():
    outcomes = Outcomes()
    first = OutcomeView(request_id="a", accepted=True, order_id=5)
    outcomes.keep("acc", first)
    outcomes.keep("acc", OutcomeView(request_id="a", accepted=False))
    assert outcomes.find("acc", "a") == first


def test_accounts_do_not_share_request_ids():
    outcomes = Outcomes()
    outcomes.keep("acc", OutcomeView(request_id="a", accepted=True))
    assert outcomes.find("other", "a") is None


def test_requests_of_the_core_itself_are_not_kept():
    outcomes = Outcomes()
    outcomes.keep("acc", OutcomeView(request_id="", accepted=True))
    assert list(outcomes) == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("a", True),
        ("x" * 24, True),
        ("", False),
        ("x" * 25, False),
        ("a\n", False),
        ("가", False),
        ("a b", True),
        ("a ", False),
    ],
)
def test_request_ids_are_short_printable_ascii(text, valid):
    assert is_request_id(text) is valid
