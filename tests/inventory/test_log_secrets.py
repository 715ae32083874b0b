"""What is quoted of a log holds no secret, and what tells something stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.hiding.log_secrets import QUOTED, hidden_in_log

FORMS = (
    "pre-shared key: {}",
    "PSK '{}' used",
    "password is {}",
    "password={}&user=x",
    "user kim pass {}",
    "Cookie: webvpn={}; a=b",
    "webvpnlogin={};",
    "Set-Cookie: acSamlv2Token={}; path=/",
    "session token: {}",
    "Session Token '{}' received",
    "<session-token>{}</session-token>",
    '<auth id="main"><password>{}</password>',
    '"password": "{}"',
    "Authorization: Basic {}",
    "https://kim:{}@gw.example.net/",
    "X-DTLS-Session-ID: {}",
    "X-DTLS-Master-Secret: {}",
    "secondary_password={}",
    "enc_GroupPwd={}",
    "sessionid={}",
    "auth cookie {}",
    "client_secret {}",
    "passcode {} accepted",
)
#: What a person needs of a log, word for word.
TELLING = (
    "Leaf cert hash = 1289B8A7AA9FFD84865E38939F3466A61B5608FC",
    "Using IKE ID 'kWqTzBnvLm24RxYp' for reconnect",
    "725012: Device chooses cipher : AES128-SHA for the SSL session with client outside:192.0.2.9/50091",
    "725014: SSL lib error. Function: SSL3_GET_CLIENT_HELLO Reason: no shared cipher",
    "Session level reconnect reason code 9: System resume from suspend mode (Sleep, Stand-by, Hibernate, etc).",
    "Group <G> User <U> IP <192.0.2.1> Authentication: successful, Session Type: WebVPN.",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", ["swordfishes", "Zq8vR2mLx91TtK", "a+b/c9=="])
def test_a_secret_is_hidden_in_each_form(form: str, secret: str) -> None:
    """Whatever stands in the place of a secret is gone, a word of English as well."""
    assert secret not in hidden_in_log(form.format(secret))


@pytest.mark.parametrize("line", TELLING)
def test_what_tells_something_stays(line: str) -> None:
    """A message without a secret is quoted as it is."""
    assert hidden_in_log(line) == line


@given(st.sampled_from(FORMS), st.text("abcdefghijkXYZ0123456789", min_size=12, max_size=40), st.text(max_size=40))
def test_no_neighbour_brings_a_secret_back(form: str, secret: str, around: str) -> None:
    """Whatever stands before the form, on the same line, the secret stays hidden."""
    assert secret not in hidden_in_log(f"{around.replace(secret, '')} {form.format(secret)}")


def test_a_quotation_is_short_and_one_line() -> None:
    """However long a message is, what is quoted of it is one line of bounded length."""
    quoted = hidden_in_log("word\n" * 10_000)
    assert len(quoted) <= QUOTED
    assert "\n" not in quoted
