"""No key in any text, in any form a device or an operator writes it, and each key back in its place for the device."""

from __future__ import annotations

import builtins
import re
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import SecretError
from nr_run.inventory.secrets import TOKEN, Secrets, check_preshared_key, credential_folders

CANARY = "Canary.Key~7Zq^x*1"

#: Each line with S where the secret stands; everything else has to stay.
LINES = (
    "crypto isakmp key S address 192.0.2.1",
    "crypto isakmp key 0 S address 192.0.2.1 255.255.255.255 no-xauth",
    "crypto isakmp key 6 S address 192.0.2.1",
    "crypto isakmp key S hostname peer.example",
    "isakmp key S address 192.0.2.1 netmask 255.255.255.255",
    "no crypto isakmp key S address 192.0.2.1",
    " pre-shared-key address 192.0.2.1 key S",
    " pre-shared-key address 192.0.2.1 255.255.255.0 key 6 S",
    " pre-shared-key hostname peer.example key S",
    "  pre-shared-key S",
    "  pre-shared-key 0 S",
    "  pre-shared-key local S",
    "  pre-shared-key remote 6 S",
    " ikev1 pre-shared-key S",
    " ikev2 remote-authentication pre-shared-key S",
    " ikev2 local-authentication pre-shared-key 8 S",
    " failover ipsec pre-shared-key S",
    " key S",
    " key 7 S",
    "key config-key password-encrypt S",
    "enable secret S",
    "enable secret 5 S",
    "enable secret 4 S",
    "enable secret 9 S",
    "enable secret level 7 8 S",
    "enable password 7 S",
    "enable password S encrypted",
    "passwd S encrypted",
    "username admin password 0 S",
    "username admin privilege 15 secret 5 S",
    "username admin password S encrypted privilege 15",
    " password 7 S",
    " ppp chap password 0 S",
    " ppp pap sent-username router password 7 S",
    "ip ftp password 7 S",
    " ldap-login-password S",
    "snmp-server community S RO 10",
    "snmp-server host 192.0.2.7 S",
    "snmp-server host 192.0.2.7 traps version 2c S",
    "snmp-server host inside 192.0.2.7 community 8 S version 2c",
    "snmp-server user u g v3 auth sha S priv aes 128 priv.Word.9",
    "snmp-server user u g v3 auth md5 auth.Word.9 priv des S",
    "tacacs-server key 7 S",
    "tacacs-server host 192.0.2.8 key S",
    "radius-server host 192.0.2.8 auth-port 1645 acct-port 1646 key 7 S",
    " server-private 192.0.2.8 key S",
    "  key-string 7 S",
    " neighbor 192.0.2.9 password 7 S",
    " ip ospf message-digest-key 1 md5 7 S",
    " ip ospf authentication-key S",
    " area 1 virtual-link 192.0.2.3 authentication-key 0 S",
    "ntp authentication-key 1 md5 S 7",
    " standby 1 authentication S",
    " vrrp 1 authentication text S",
    " ip nhrp authentication S",
    "failover key S",
    " ikev1 pre-shared-key S",
    " ikev2 remote-authentication pre-shared-key S",
    " ikev2 local-authentication pre-shared-key S",
    "failover ipsec pre-shared-key S",
    " radius-common-pw S",
    " policy-server-secret S",
    "license-server address 192.0.2.5 secret S",
    " authentication key eigrp 100 S key-id 1",
    " rip authentication key S key_id 1",
    " set session-key inbound esp 256 cipher S authenticator 0123456789abcdef",
    " set session-key outbound ah 256 S",
    "archive path ftp://backup:S@192.0.2.4/r1",
)
PROMPTS = ("", "vpn2611(config)#", "vpn2611(config)# ", "asa/ctx(config-tunnel-ipsec)# ", "r1(config-isakmp-group)#", "r1>")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("key", [CANARY, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "0822455D0A16", "12345678", ".*+(x"])
def test_every_syntax(line: str, key: str) -> None:
    """A key that nobody told us of is hidden wherever Cisco writes one, prompt before it or not; all else stays."""
    for prompt in PROMPTS:
        for end in ("", "\n", "\r\n", " \r\nnext line\r\n"):
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


def known(tmp_path: Path, **values: str) -> Secrets:
    """Secrets of which these credentials are resolved."""
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
    secrets = Secrets(folders=(tmp_path,))
    for name in values:
        secrets.resolve(f"credential:{name}")
    return secrets


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


def test_references_never_share_a_token() -> None:
    """References that differ only in what a token cannot hold have different tokens."""
    tokens = {Secrets.token(reference) for reference in ("command:get a", "command:get_a", "command:get\ta", "command:get<a")}
    assert len(tokens) == 4
    assert all(TOKEN.fullmatch(token) for token in tokens)


def test_each_reference_its_own_value(tmp_path: Path) -> None:
    """A file name with a blank and one with an underscore are two files."""
    for name, value in (("a b", "first.key"), ("a_b", "second.key")):
        (tmp_path / name).write_text(value)
    secrets = Secrets(folders=())
    assert [secrets.resolve(f"file:{tmp_path}/{name}") for name in ("a b", "a_b")] == ["first.key", "second.key"]


KEY_CHARACTERS = "".join(chr(code) for code in range(33, 127) if chr(code) not in "?\"'\\<>")
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
    """A key that another run has seen cannot be put back, and the sentence says so."""
    with pytest.raises(SecretError, match="is not known to this run"):
        Secrets(folders=()).reveal("crypto isakmp key <key:0123abcd> address 192.0.2.1")


def test_repr_shows_nothing(tmp_path: Path) -> None:
    """Neither repr nor str of the store holds a value or the salt."""
    secrets = known(tmp_path, psk=CANARY)
    assert CANARY not in f"{secrets!r} {secrets}"
    assert "_salt" not in repr(secrets)


def test_many_threads_one_lookup(tmp_path: Path) -> None:
    """Two devices that need one key at the same time ask for it once."""
    counter = tmp_path / "asked"
    script = f"echo x >> {counter}; echo {CANARY}"
    secrets = Secrets(folders=())
    threads = [threading.Thread(target=secrets.resolve, args=(f"command:{script}",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "x\n"


def failing(reference: str, secrets: Secrets | None = None) -> str:
    """The sentence for a reference that cannot be resolved; no cause or context may carry a value along."""
    with pytest.raises(SecretError) as caught:
        (secrets or Secrets(folders=())).resolve(reference)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_unknown_kind() -> None:
    """A kind of reference that does not exist is named with its near match, or with all kinds; the rest is not repeated."""
    assert "did you mean credential:?" in failing(f"credentials:{CANARY}")
    assert "known: credential, env" in failing(f"vault.example:{CANARY}")
    for reference in (f"xyz:{CANARY}", "env:", "", ":", CANARY):
        with pytest.raises(SecretError, match="is no kind of secret reference"):
            Secrets(folders=()).resolve(reference)
    assert CANARY not in failing(f"credentials:{CANARY}")


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is read; one that is missing or empty is said to be so."""
    monkeypatch.setenv("NR_TEST_PSK", CANARY)
    assert Secrets(folders=()).resolve("env:NR_TEST_PSK") == CANARY
    monkeypatch.setenv("NR_TEST_PSK", "")
    assert "no such variable, or it is empty" in failing("env:NR_TEST_PSK")


def test_credential(tmp_path: Path) -> None:
    """The first folder that has the file wins; a missing one names the folders and the near match; a path is refused."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    (tmp_path / "two" / "hq-psk").write_text("from.two\n")
    secrets = Secrets(folders=(tmp_path / "one", tmp_path / "two", tmp_path / "nowhere"))
    assert secrets.resolve("credential:hq-psk") == "from.two"
    (tmp_path / "one" / "hq-psk").write_text("from.one\r\n")
    assert Secrets(folders=secrets.folders).resolve("credential:hq-psk") == "from.one"
    sentence = failing("credential:hq-pks", secrets)
    assert "did you mean credential:hq-psk?" in sentence
    assert str(tmp_path / "nowhere") in sentence
    for name in ("../two/hq-psk", "/etc/passwd", "a/b"):
        assert "plain file name without a path" in failing(f"credential:{name}", secrets)
    assert "resolves to nothing" in failing("credential:..", secrets)


def test_folders_of_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """systemd's folder comes first, then the variable of nr-run, then the user's, then what the run adds."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "systemd"))
    monkeypatch.setenv("NR_RUN_CREDENTIALS", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    expected = [tmp_path / "systemd", tmp_path / "own", tmp_path / "config" / "nr-run" / "credentials", tmp_path / "lab"]
    assert list(credential_folders([tmp_path / "lab"])) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xff\xfe\x00Canary", "it is not text"),
        (f"{CANARY}\nreload\n".encode(), "has more than one line"),
        (f"{CANARY}\rreload".encode(), "has more than one line"),
    ],
)
def test_file_that_holds_no_key(tmp_path: Path, content: bytes, words: str) -> None:
    """An empty, binary or longer file is no key; its content is not in the sentence."""
    (tmp_path / "psk").write_bytes(content)
    sentence = failing(f"file:{tmp_path}/psk")
    assert words in sentence
    assert "Canary" not in sentence


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a folder are named with the reason."""
    assert "No such file" in failing(f"file:{tmp_path}/psk")
    assert "Is a directory" in failing(f"file:{tmp_path}")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"echo {CANARY} >&2; exit 3", "ended with code 3"),
        (f"echo {CANARY}; exit 1", "ended with code 1"),
        ("true", "ended with code 0"),
        ("no-such-program-here", "ended with code 127"),
        (r"printf '\377\376'", "is not text"),
    ],
)
def test_command_that_fails(command: str, words: str) -> None:
    """A command that fails, prints nothing or prints no text is named by its first word, never by what it printed."""
    sentence = failing(f"command:{command}")
    assert words in sentence
    assert CANARY not in sentence


def test_command() -> None:
    """The first line that a command prints is the value."""
    assert Secrets(folders=()).resolve(f"command:printf '%s\\nsecond\\n' '{CANARY}'") == CANARY


def keyring_with(get: Callable[[str, str], str | None]) -> types.ModuleType:
    """A keyring package as Python would import it, with this store behind it."""
    module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module.get_password, module.errors = get, errors  # type: ignore[attr-defined]
    return module


def test_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service and user are asked for; no entry, no keyring and no package are three sentences."""
    entries = {("vpn", "hq"): CANARY}
    monkeypatch.setitem(sys.modules, "keyring", keyring_with(lambda service, user: entries.get((service, user))))
    assert Secrets(folders=()).resolve("keyring:vpn/hq") == CANARY
    assert "no such entry" in failing("keyring:vpn/other")

    locked = keyring_with(lambda _service, _user: None)

    def refuse(_service: str, _user: str) -> str:
        raise locked.errors.KeyringError(f"locked, and {CANARY} is in it")

    locked.get_password = refuse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", locked)
    sentence = failing("keyring:vpn/hq")
    assert "there is no keyring to ask" in sentence
    assert CANARY not in sentence


def test_keyring_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the sentence says how to get it."""
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "keyring":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert "pip install 'nr-run[keyring]'" in failing("keyring:vpn/hq")


@pytest.mark.parametrize("bad", [*"?\"'\\<> \t\n\r\0\x7f\x03", "é", "\u00a0", "\u200b", "ß"])
@pytest.mark.parametrize("position", [0, 4, 9])
def test_character_that_a_command_line_cannot_take(bad: str, position: int) -> None:
    """Help, blanks, quotes, control and other letters are refused wherever they stand; the key is not in the sentence."""
    key = "Secret9.x"[:position] + bad + "Secret9.x"[position:]
    with pytest.raises(SecretError, match=r"env:PSK: the key has a character that a command line cannot take") as caught:
        check_preshared_key(key, "env:PSK")
    assert key not in str(caught.value)
    assert "ecret9" not in str(caught.value)


def test_exclamation_mark_first() -> None:
    """An exclamation mark begins a comment; further on it is a character like others."""
    with pytest.raises(SecretError, match="a character that a command line cannot take"):
        check_preshared_key("!2345678", "env:PSK")
    check_preshared_key("1!345678", "env:PSK")


@pytest.mark.parametrize("length", [8, 9, 24, 127, 128])
def test_lengths_that_work(length: int) -> None:
    """8 to 128 characters of the whole allowed set are a key."""
    check_preshared_key((KEY_CHARACTERS.replace("!", "") * 2)[:length], "env:PSK")


@pytest.mark.parametrize("length", [0, 1, 7, 129, 4096])
def test_lengths_that_do_not(length: int) -> None:
    """Shorter and longer keys are refused with their length and what is advised."""
    with pytest.raises(SecretError, match=f"the key has {length} characters; 8 to 128 are allowed, 24 or more advised"):
        check_preshared_key("k" * length, "env:PSK")


def test_preshared_key_is_checked_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan gets a token only for a key that can be typed."""
    monkeypatch.setenv("NR_TEST_PSK", "has a blank.")
    with pytest.raises(SecretError, match="env:NR_TEST_PSK"):
        Secrets(folders=()).preshared_key("env:NR_TEST_PSK")
    monkeypatch.setenv("NR_TEST_PSK", CANARY)
    assert Secrets(folders=()).preshared_key("env:NR_TEST_PSK") == "<secret:env:NR_TEST_PSK>"
