"""A second, independent authenticator and client: Chromium's, against the same gate. What our own client and key do
right by being ours cannot hide here.
"""

import pytest
from msgspec import structs

from hts.auth.outcomes import Admit
from hts.auth.recovery import new_codes
from hts.wire.link import login as m
from tests.support.auth import dice
from tests.support.browser import PROGRAM, Browser
from tests.support.hall import Hall, answers, detail, refused

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not PROGRAM, reason="not installed: chromium (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def authenticator(browser):
    made = browser.add_authenticator()
    yield made
    browser.call("WebAuthn.removeVirtualAuthenticator", authenticatorId=made)


def registered(browser):
    """kim, with the browser's key as the only one: he came in with a recovery code and put it in."""
    hall = Hall(origin=browser.origin, key=False)
    codes, hashes = new_codes(dice(b"codes"))
    hall.keeper.change("kim", lambda one: structs.replace(one, recovery=hashes))
    hall.say(m.CodeLogin(user="kim", code=codes[0].reveal(), is_recovery=True))
    asked = hall.challenge(m.BeginEnrol())
    answer = browser.create(asked.options)
    return hall, hall.say(m.AnswerEnrol(ticket=asked.ticket, attestation=answer, name="browser"))


def login(hall, browser, client=2):
    asked = hall.challenge(client=client)
    return hall.say(m.AnswerLogin(ticket=asked.ticket, assertion=browser.get(asked.options)), client)


def test_a_browser_registers_and_logs_in_without_a_name(browser, authenticator):
    hall, outcomes = registered(browser)
    assert answers(outcomes) == [m.Enrolled], outcomes
    outcomes = login(hall, browser)
    assert (answers(outcomes), [one.session.user for one in outcomes if isinstance(one, Admit)]) == (
        [m.LoggedIn],
        ["kim"],
    )
    first = hall.keeper.kept["kim"].keys[0].counter
    assert answers(login(hall, browser, client=3)) == [m.LoggedIn]
    assert hall.keeper.kept["kim"].keys[0].counter > first


def test_a_touch_of_the_browsers_key_serves_an_act(browser, authenticator):
    hall, _ = registered(browser)
    login(hall, browser)
    asked = hall.challenge(m.BeginTouch(act="first-order:20261123"), client=2)
    said = hall.say(m.AnswerTouch(ticket=asked.ticket, assertion=browser.get(asked.options)), 2)
    assert answers(said) == [m.TouchTaken]


def test_the_browsers_key_of_an_older_copy_is_shut_out(browser, authenticator):
    hall, _ = registered(browser)
    login(hall, browser)
    (credential,) = browser.call("WebAuthn.getCredentials", authenticatorId=authenticator)["credentials"]
    browser.call("WebAuthn.clearCredentials", authenticatorId=authenticator)
    copy = {name: credential[name] for name in ("credentialId", "rpId", "privateKey", "userHandle")}
    browser.call(
        "WebAuthn.addCredential",
        authenticatorId=authenticator,
        credential={**copy, "isResidentCredential": True, "signCount": 0},
    )
    outcomes = login(hall, browser, client=3)
    assert (refused(outcomes), "copied" in detail(outcomes)) == (True, True)
    assert hall.keeper.kept["kim"].keys[0].is_cloned


def test_a_browser_that_verifies_nobody_signs_nothing(browser, authenticator):
    hall, _ = registered(browser)
    browser.call("WebAuthn.setUserVerified", authenticatorId=authenticator, isUserVerified=False)
    outcomes = login(hall, browser)
    assert refused(outcomes)


def test_a_page_of_another_origin_is_refused(browser, authenticator):
    hall, _ = registered(browser)
    elsewhere = Hall(origin="https://localhost", key=False)
    elsewhere.keeper = hall.keeper
    elsewhere.gate._keeper = hall.keeper
    outcomes = login(elsewhere, browser)
    assert (refused(outcomes), "origin" in detail(outcomes)) == (True, True)
