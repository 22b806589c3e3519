"""Who may do what, over the whole table, and the second pair of eyes."""

from hts.model.roles import (
    APPROVAL_NS_MAX,
    FOUR_EYES,
    PERMISSIONS,
    Approved,
    Denial,
    Permission,
    Person,
    Proposal,
    Role,
    approve,
    may,
    needs_second,
    propose,
)

KIM = Person(user="kim", role=Role.RISK_MANAGER)
LEE = Person(user="lee", role=Role.RISK_MANAGER)
PARK = Person(user="park", role=Role.TRADER)
RAISE = Permission.RAISE_LIMITS


def test_the_table_is_the_one_that_is_drawn():
    drawn = {
        "see": "VTRA", "trade": "T", "algo": "T", "cancel": "TR",
        "engage-kill": "TRA", "release-kill": "R", "raise-limits": "R",
        "keep-books": "RA", "read-audit": "RA", "manage-users": "A", "export-keys": "A",
    }  # fmt: skip
    assert {one.value: "".join(role.name[0] for role in Role if may(role, one)) for one in Permission} == drawn


def test_no_role_holds_both_ends_of_a_duty():
    apart = [(Permission.TRADE, RAISE), (Permission.TRADE, Permission.MANAGE_USERS), (RAISE, Permission.MANAGE_USERS)]
    assert [(role, pair) for role, held in PERMISSIONS.items() for pair in apart if held.issuperset(pair)] == []


def test_dangerous_acts_and_no_others_need_a_second_person():
    assert {one for one in Permission if needs_second(one)} == FOUR_EYES
    assert [one for one in (Permission.ENGAGE_KILL, Permission.CANCEL, Permission.TRADE) if needs_second(one)] == []


def test_two_persons_with_the_right_agree_on_the_same_thing_in_time():
    proposal = propose(KIM, RAISE, "order_qty 10 -> 20", 5)
    assert proposal == Proposal(act=RAISE, content="order_qty 10 -> 20", by="kim", at_ns=5)
    outcomes = [
        approve(proposal, LEE, "order_qty 10 -> 20", 6),
        approve(proposal, KIM, "order_qty 10 -> 20", 6),
        approve(proposal, PARK, "order_qty 10 -> 20", 6),
        approve(proposal, LEE, "order_qty 10 -> 200", 6),
        approve(proposal, LEE, "order_qty 10 -> 20", 6 + APPROVAL_NS_MAX),
        approve(proposal, LEE, "order_qty 10 -> 20", 4),
        propose(PARK, RAISE, "", 5),
    ]
    assert outcomes == [
        Approved(proposal=proposal, by="lee", at_ns=6),
        Denial.SAME_PERSON,
        Denial.NO_PERMISSION,
        Denial.OTHER_CONTENT,
        Denial.TOO_LATE,
        Denial.TOO_LATE,
        Denial.NO_PERMISSION,
    ]
