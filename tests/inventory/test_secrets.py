"""No key in any text, in any form a device or an operator writes it, and each key back in its place for the device."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.secrets import TOKEN, Secrets

from .secret_syntaxes import CANARY, KEY_CHARACTERS, LINES, known

PROMPTS = ("", "vpn2611(config)#", "vpn2611(config)# ", "asa/ctx(config-tunnel-ipsec)# ", "r1(config-isakmp-group)#", "r1>")
KEYS = (CANARY, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "0822455D0A16", "12345678", ".*+(x")


@pytest.mark.parametrize("line", LINES)
def test_every_syntax(line: str) -> None:
    """A key that nobody told us of is hidden wherever Cisco writes one, prompt before it or not; all else stays."""
    for key, prompt, end in product(KEYS, PROMPTS, ("", "\n", "\r\n", " \r\nnext line\r\n")):
        secrets = Secrets(folders=())
        before, after = re.split(r"\bS\b", line.strip() if prompt else line)
        text = f"{prompt}{before}{key}{after}{end}"
        hidden = secrets.hide(text)
        assert key not in TOKEN.sub("", hidden)
        assert TOKEN.search(hidden)
        assert secrets.hide(hidden) == hidden
        assert secrets.reveal(hidden) == text


@pytest.mark.parametrize(
    "text",
    [
        "key chain ospf\n key 1\n key 20\n",
        "no service password-encryption\nservice password-encryption\n",
        "crypto isakmp key ******** address 192.0.2.1\n ikev1 pre-shared-key *****\n",
        "crypto isakmp key <secret:env:PSK> address 192.0.2.1\n",
        " pre-shared-key address 192.0.2.1\n",
        "show running-config | include isakmp key\n",
        "username guest nopassword\n",
        "snmp-server host 192.0.2.7 version 3 priv operator\n",
        "tunnel key 7\nip address 192.0.2.1 255.255.255.0\n",
        " standby 1 authentication md5 key-chain K\n",
        "enable secret\nUser Access Verification\nPassword: \n",
        "http://192.0.2.1:8080/a@b\n",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Lines that look a little like a secret and hold none are left as they are."""
    assert Secrets(folders=()).hide(text) == text


def test_known_value_is_hidden_anywhere(tmp_path: Path) -> None:
    """A value that was resolved is hidden outside of every syntax, with the reference it came from."""
    secrets = known(tmp_path, psk=CANARY)
    hidden = secrets.hide(f"Translating {CANARY}...domain server [{CANARY}]")
    assert hidden == "Translating <secret:credential:psk>...domain server [<secret:credential:psk>]"
    assert secrets.reveal(hidden) == f"Translating {CANARY}...domain server [{CANARY}]"


@pytest.mark.parametrize("position", range(1, len(CANARY)))
@pytest.mark.parametrize("cut", ["\n", "\r\n", "\n\n\n"])
def test_value_that_a_line_break_cuts(tmp_path: Path, position: int, cut: str) -> None:
    """A banner in the middle of an echo leaves the key in two parts; neither is shown, and both come back."""
    secrets = known(tmp_path, psk=CANARY)
    text = f"r1(config)#crypto isakmp key {CANARY[:position]}{cut}{CANARY[position:]} address 192.0.2.1\n"
    hidden = secrets.hide(text)
    assert CANARY[:position] not in hidden.partition("key ")[2] or position < 3
    assert CANARY[position:] not in hidden or len(CANARY) - position < 3
    assert secrets.reveal(hidden) == text


def test_a_short_text_is_looked_at_again_when_a_value_has_come(tmp_path: Path) -> None:
    """What held no secret before a reference was resolved, or given another value, is searched for that value then."""
    secrets = known(tmp_path, first=CANARY)
    sentence, another = "r1 said 7sKzz81-ab-x to us", "r1 said Other.value.9 to us"
    assert [secrets.hide(text) for text in (sentence, another) * 2] == [sentence, another] * 2
    (tmp_path / "second").write_text("7sKzz81-ab-x")
    secrets.resolve("credential:second")
    assert secrets.hide(sentence) == "r1 said <secret:credential:second> to us"
    secrets.give("credential:second", "Other.value.9")
    assert "Other.value.9" not in secrets.hide(another)
    assert "7sKzz81-ab-x" not in secrets.hide(sentence)


def test_key_inside_another_key(tmp_path: Path) -> None:
    """A known value at the start of an unknown longer one does not leave the rest readable, nor spoil what comes back."""
    secrets = known(tmp_path, psk="cisco123")
    text = "crypto isakmp key cisco123 address 192.0.2.1\ncrypto isakmp key cisco123456 address 192.0.2.2\n"
    hidden = secrets.hide(text)
    assert "456" not in hidden
    assert "<secret:credential:psk> address 192.0.2.1" in hidden
    assert re.search(r"key <key:[0-9a-f]{8}> address 192\.0\.2\.2", hidden)
    assert secrets.reveal(hidden) == text


def test_longer_known_value_first(tmp_path: Path) -> None:
    """Of two known values, one inside the other, each gets its own token wherever it stands."""
    secrets = known(tmp_path, short="12345678", long="x12345678y")
    text = "x12345678y and 12345678"
    assert secrets.hide(text) == "<secret:credential:long> and <secret:credential:short>"
    assert secrets.reveal(secrets.hide(text)) == text


def test_value_that_is_the_name_of_its_own_reference(tmp_path: Path) -> None:
    """A key as bad as its own name does not break the token it is hidden by."""
    secrets = known(tmp_path, **{"hq-branch-psk": "hq-branch-psk", "other": "credential"})
    hidden = secrets.hide("crypto isakmp key hq-branch-psk address 192.0.2.1")
    assert hidden == "crypto isakmp key <secret:credential:hq-branch-psk> address 192.0.2.1"
    assert secrets.hide(hidden) == hidden
    assert secrets.reveal(hidden) == "crypto isakmp key hq-branch-psk address 192.0.2.1"


def test_short_value_tears_no_holes(tmp_path: Path) -> None:
    """A value of fewer than eight characters is hidden where a secret stands and nowhere else."""
    secrets = known(tmp_path, word="cisco")
    text = "username cisco password 0 cisco\ncisco Systems, Inc.\n"
    hidden = secrets.hide(text)
    assert hidden == "username cisco password 0 <secret:credential:word>\ncisco Systems, Inc.\n"
    assert secrets.reveal(hidden) == text


def test_one_value_two_references(tmp_path: Path) -> None:
    """Where two references hold one key, the token of the plan is the one that the device's text has."""
    secrets = known(tmp_path, first=CANARY, second=CANARY)
    token = secrets.preshared_key("credential:second")
    assert secrets.hide(f"crypto isakmp key {CANARY} address 192.0.2.1") == f"crypto isakmp key {token} address 192.0.2.1"
    assert secrets.hide(f"log: {CANARY}") == f"log: {token}"


keys = st.text(KEY_CHARACTERS, min_size=8, max_size=40).filter(lambda key: key[0] != "!" and set(key) != {"*"})


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LINES), keys), min_size=1, max_size=6), keys, st.sampled_from(["\n", "\r\n"]))
def test_reveal_undoes_hide(lines: list[tuple[str, str]], referenced: str, end: str) -> None:
    """Any lines with any keys, signs of regular expressions included: hidden, stable when hidden again, and back."""
    secrets = Secrets(folders=(), _values={"<secret:env:PSK>": referenced})
    text = end.join([*(re.sub(r"\bS\b", lambda _, key=key: key, line) for line, key in lines), f"x {referenced} x", ""])  # type: ignore[misc]
    hidden = secrets.hide(text)
    assert referenced not in TOKEN.sub("", hidden)
    assert secrets.hide(hidden) == hidden
    assert secrets.reveal(hidden) == text


def test_equal_keys_equal_tokens() -> None:
    """Within one run equal keys have equal tokens and others do not; in another run they say nothing."""
    one, other = Secrets(folders=()), Secrets(folders=())
    line = "crypto isakmp key {} address 192.0.2.1"
    assert one.hide(line.format(CANARY)) == one.hide(line.format(CANARY))
    assert one.hide(line.format(CANARY)) != one.hide(line.format("Another.Key"))
    assert one.hide(line.format(CANARY)) != other.hide(line.format(CANARY))


def test_reveal_of_an_unknown_token() -> None:
    """A key that another run has seen cannot be restored, and the sentence says so."""
    with pytest.raises(SecretError, match="is not known to this run"):
        Secrets(folders=()).reveal("crypto isakmp key <key:0123abcd> address 192.0.2.1")


def test_repr_shows_nothing(tmp_path: Path) -> None:
    """Neither repr nor str of the store holds a value or the salt."""
    secrets = known(tmp_path, psk=CANARY)
    assert CANARY not in f"{secrets!r} {secrets}"
    assert "_salt" not in repr(secrets)
