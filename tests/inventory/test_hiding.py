"""Hiding by default: all that was hidden before and more, in one pass, and nothing that a reader of outputs needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nr_run.inventory.hiding import harmless_forms, known_values, secret_forms
from nr_run.inventory.hiding.harmless_forms import HARMLESS
from nr_run.inventory.hiding.known_values import KnownValues
from nr_run.inventory.hiding.references import fetch
from nr_run.inventory.hiding.secret_forms import STEMS, secret_spans
from nr_run.inventory.hiding.secrets import TOKEN, Secrets
from nr_run.parsers import parse
from nr_run.parsers.fields.export import as_document

from ..parsers.conftest import CASES, Case
from ..sampling import examples
from .old_hiding import OldSecrets
from .secret_syntaxes import LINES

#: One a line, ``@`` where the secret stands.
FORMS = tuple((Path(__file__).parent / "secret_lines.txt").read_text().splitlines())
VALUES = ("Canary7Zq", "94738261", "094F471A1A0A", "pa@ss:w/rd1", "$9$Canary7Zq", "shadow9", "companyKey", "Canary:")
#: A URL takes these, and a name of an environment variable has no blank.
SPACED = ("Canary one two", '"Canary one two"', "0123ABCD 4567EFAB")


def filled(form: str, value: str) -> str:
    """A form with a value in place of each ``@``, of the first only where the second ends a user's password."""
    form = form.replace("u:@@", "u:\0!at!")
    return (form if "\0" in form else form.replace("@", "\0")).replace("\0", value).replace("!at!", "@").replace("\\n", "\n")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_hidden(form: str) -> None:
    """A secret in any of these forms, alone and behind a prompt, is a token, and comes back."""
    for value in VALUES:
        for prompt in ("", "r1(config)#", "r1(config-if)# "):
            secrets = Secrets(folders=())
            text = prompt + filled(form, value).lstrip() if prompt else filled(form, value)
            hidden = secrets.hide(text)
            assert value not in TOKEN.sub("", hidden)
            assert secrets.hide(hidden) == hidden
            assert secrets.reveal(hidden) == text


@pytest.mark.parametrize("form", [form for form in FORMS if not re.search(r"u:@@|=@|Password:@| authentication @$", form)])
def test_each_word_of_a_secret_is_hidden(form: str) -> None:
    """A secret of several words, quoted or not, or a key in groups of digits, leaves no word of it."""
    for value in SPACED:
        hidden = Secrets(folders=()).hide(filled(form, value))
        assert [word for word in value.replace('"', "").split() if re.search(rf"\b{word}\b", TOKEN.sub("", hidden))] == []


def hidden_places(text: str, hidden: str, store: Secrets | OldSecrets) -> set[int]:
    """Places of the text, line breaks left out, that a token stands for."""
    places: set[int] = set()
    at = 0
    for part in re.split(rf"({TOKEN.pattern})", hidden):
        length = len(store.reveal(part))
        assert text[at : at + length] == store.reveal(part)
        # A digit before another word says the type of what follows; the old hiding took the one of a failover key for the key.
        if TOKEN.fullmatch(part) and not (length == 1 and re.compile(r"\d[ \t]+\S").match(text, at)):
            places |= {place for place in range(at, at + length) if text[place] not in "\r\n"}
        at += length
    return places


KEYS = st.text("".join(chr(code) for code in range(33, 127) if chr(code) not in "<>"), min_size=5, max_size=24).filter(
    lambda key: set(key) != {"*"}
)
OLD_FORMS = tuple(re.sub(r"\bS\b", "@", line) for line in LINES)
GRAMMAR = ("key", "password", "secret", "7", "0", "address", "level", "5", "md5", "text", "username", "enable", "neighbor")
WORDS = (*GRAMMAR, "snmp-server", "host", "version", "2c", "authentication")


@settings(max_examples=examples(400), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from((*OLD_FORMS, *FORMS, "plain @ text")), KEYS), min_size=1, max_size=5),
    st.lists(KEYS.filter(lambda key: len(key) >= 8), max_size=3),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["\n", "\r\n"])), max_size=2),
    st.sampled_from(["", "r1#", "r1(config)# "]),
)
def test_hides_all_that_was_hidden(
    lines: list[tuple[str, str]], known: list[str], cuts: list[tuple[int, str]], prompt: str
) -> None:
    """In any text each character that the old hiding hid is hidden: by form, by value, and where a line break cuts a value."""
    values = [*known, *(value for _, value in lines)]
    text = "\n".join(prompt + form.replace("\\n", "\n").replace("@", values[len(form) % len(values)]) for form, _ in lines)
    for place, end in cuts:
        text = text[: place % (len(text) + 1)] + end + text[place % (len(text) + 1) :]
    new = Secrets(folders=(), _values={f"<secret:{number}>": value for number, value in enumerate(known)})
    old = OldSecrets(*known)
    before, after = old.hide(text), new.hide(text)
    if old.reveal(before) != text:
        # The old one hid a token in another where a cut value was a part of a longer word, and could not give it back.
        assert not [value for value in known if value in TOKEN.sub("", after)]
        return
    assert hidden_places(text, before, old) <= hidden_places(text, after, new)


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS) | KEYS, max_size=7).map(" ".join), max_size=4).map("\n".join))
@example("enable secret level 7 8 key")
def test_no_order_of_words_shows_what_was_hidden(text: str) -> None:
    """Words of the grammar in any order, which no device writes, show nothing that the old hiding hid."""
    new, old = Secrets(folders=()), OldSecrets()
    before, after = old.hide(text), new.hide(text)
    assert new.reveal(after) == text
    assert new.hide(after) == after
    if old.reveal(before) == text:
        assert hidden_places(text, before, old) <= hidden_places(text, after, new)


def as_shown(case: Case, text: str) -> str:
    """The document of a text, without the sums of what was not understood."""
    return json.dumps(as_document(parse(case.os, case.command, text)), sort_keys=True)


#: The capture that holds a key in clear, and the field that has it: an ASA shows it only where somebody asked for it.
IN_CLEAR = {"asa/show_running_config_tunnel_group/a8_2_without_bypass"}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_reads_the_same_when_hidden(case: Case) -> None:
    """No capture is read otherwise when it was hidden before: what is hidden in it is no part of a state."""
    secrets = Secrets(folders=())
    hidden = secrets.hide(case.text)
    assert secrets.reveal(hidden) == case.text
    read = as_shown(case, hidden)
    assert (secrets.reveal(read) if case.name in IN_CLEAR else read) == as_shown(case, case.text)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_show_output_holds_no_token(case: Case) -> None:
    """In what a show command prints of state nothing is hidden; in a configuration only what stands where a key does."""
    if "running_config" not in case.name:
        assert Secrets(folders=()).hide(case.text) == case.text


#: For each row of the table of harmless forms one line that it alone keeps readable.
KEPT = (
    "enable secret",
    "crypto isakmp key ******** address 192.0.2.1",
    "Pre-Shared Key: ,",
    "key chain ospf",
    " key 20",
    " tunnel key 7",
    "ntp server 192.0.2.1 key 5 prefer",
    "nat (inside,outside) source static my-secret my-secret destination static far far",
    "access-list out extended permit ip object-group my-secret any",
    " pre-shared-key address",
    " pre-shared-key local",
    "crypto key generate rsa modulus 2048",
    "password encryption aes",
    " set community 65000:1 additive",
    "mpls ldp password required",
    "Running Activation Key: 0x1 0x2",
    "isakmp-key 192.0.2.1 is not there any more",
    "credential:hq-psk not found",
    "remaining key lifetime (k/sec): (4607999/3421)",
    "Key version         : A",
    "  Key Usage: General Purpose",
    "  Subject Key Info:",
    "    RSA Public Key: (2048 bit)",
    "  Key Label: VPN-KEY",
    "      Key Encipherment",
    "  Certificate Request Fingerprint MD5: 00112233 44556677 8899AABB CCDDEEFF ",
    "62 BGP extended community entries using 2056 bytes of memory",
    "Save Password: Allowed",
    "psk - Preshared key, rsig - RSA signature",
    "it has no key for 192.0.2.1",
    "the hash is md5 of the image",
    "crypto map vpn-secret 10 ipsec-isakmp",
    "the device refuses the enable secret of hq",
    "1 192.0.2.1 3des sha psk 2 23:59",
    "PRF: SHA256 Hash: SHA256 DH",
    "1005  aes  sha  5  23:59:50",
    "SECURITY WARNING - Module: CRYPTO, Reason: Pre-shared key is stored in plain text instead of type 6",
)


def test_each_row_keeps_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that is known to be harmless is shown, and without its row it is not: no row is there for nothing."""
    assert [line for line in KEPT if secret_spans(line)] == []
    assert all(row.because for row in HARMLESS)
    whole = harmless_forms._HARMLESS
    idle = []
    for number, row in enumerate(HARMLESS):
        monkeypatch.setattr(harmless_forms, "_HARMLESS", whole[:number] + whole[number + 1 :])
        harmless_forms.harmless_forms.cache_clear()
        secret_forms._SEEN.clear()
        if not any(secret_spans(line) for line in KEPT):
            idle.append(row)
    monkeypatch.setattr(harmless_forms, "_HARMLESS", whole)
    harmless_forms.harmless_forms.cache_clear()
    secret_forms._SEEN.clear()
    assert idle == []


def test_each_form_is_looked_at() -> None:
    """No line holds a secret by its form that has none of the stems by which lines are chosen."""
    lines = [filled(form, "Canary7Zq") for form in (*FORMS, *OLD_FORMS)]
    for line in (part for text in lines for part in text.split("\n") if secret_spans(part)):
        assert any(stem in line.lower() for stem in STEMS), line


def test_ten_thousand_keys() -> None:
    """Ten thousand known keys are each hidden with their own token, in words, in longer words and cut by a line break."""
    values = {f"<secret:env:K{number}>": f"Common.Head-{number:05d}.tail" for number in range(10_000)}
    secrets = Secrets(folders=(), _values=dict(values))
    for number in (0, 4711, 9999):
        value = f"Common.Head-{number:05d}.tail"
        assert secrets.hide(f"a {value} b") == f"a <secret:env:K{number}> b"
        assert secrets.hide(f"[x{value}y]") == f"[x<secret:env:K{number}>y]"
        cut = secrets.hide(f"a {value[:9]}\r\n{value[9:]} b")
        assert "Head" not in cut
        assert secrets.reveal(cut) == f"a {value[:9]}\r\n{value[9:]} b"
    text = "\n".join(values.values())
    assert Counter(secrets.hide(text).split("\n")) == Counter(values.keys())


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.text("abAB12é→", min_size=8, max_size=12), max_size=6), st.text("abAB12é→\n", max_size=80), st.data())
def test_known_values_are_found_wherever_they_stand(values: list[str], around: str, data: st.DataObject) -> None:
    """Each place where a value stands is covered, as a search for each value in turn finds it."""
    text = around
    for value in values:
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + value + text[at:]
    known = KnownValues()
    for value in values:
        known.add(value)
    covered = {place for start, end in known.spans(text) for place in range(start, end)}
    expected = {
        place
        for value in values
        for start in range(len(text))
        if text.startswith(value, start)
        for place in range(start, start + len(value))
    }
    assert covered == expected


def test_two_keys_never_share_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the short fingerprints of two keys are alike, the second gets a longer one."""
    secrets = Secrets(folders=())
    first = secrets.hide(" password one")
    token = first.split()[1]
    # As if the fingerprint of another value had been the same.
    secrets._values[token], other = "other", secrets._values[token]
    secrets._tokens.clear()
    again = secrets.hide(" password one").split()[1]
    assert again != token
    assert again.startswith(token[:-1])
    assert (secrets.reveal(again), other) == ("one", "one")


def test_a_value_that_is_learnt_later_is_hidden_in_a_text_that_was_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a text was hidden once is remembered until another reference is resolved."""
    secrets = Secrets(folders=())
    text = "word Canary.Key.99 " * 60
    assert secrets.hide(secrets.hide(text)) == text
    monkeypatch.setenv("NR_TEST_LATE", "Canary.Key.99")
    secrets.resolve("env:NR_TEST_LATE")
    assert "Canary" not in secrets.hide(text)


class Slow(str):
    """A text during whose second fingerprint, when it is to be remembered, another thread resolves a reference."""

    __slots__ = ("calls", "store")
    calls: int
    store: Secrets

    def rstrip(self, chars: str | None = None, /) -> str:
        """As ever; both fingerprints begin with it."""
        self.calls += 1
        if self.calls == 2:
            with ThreadPoolExecutor(1) as beside:
                beside.submit(self.store.resolve, "env:NR_TEST_LATE").result()
        return super().rstrip(chars)


def test_a_value_that_is_learnt_while_a_text_is_hidden_is_hidden_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that one thread was hiding when another learnt a value counts as hidden when it was searched for that value."""
    store, text = Secrets(folders=()), Slow("word Canary.Key.99 " * 60)
    text.calls, text.store = 0, store
    monkeypatch.setenv("NR_TEST_LATE", "Canary.Key.99")
    store.hide(text)
    assert text.calls == 2
    assert "Canary" not in store.hide(str(text))


@pytest.mark.parametrize("reference", ["command: ", "command:\t", "command:   "])
def test_blank_command(reference: str) -> None:
    """A reference to a command that names none is a clear error."""
    with pytest.raises(Exception, match="names no command"):
        fetch(reference, ())


def test_private_key_is_hidden() -> None:
    """What stands between the lines of a private key is one secret; a certificate is public."""
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----\n"
    hidden = Secrets(folders=()).hide(pem)
    assert "MIIEow" not in hidden
    assert "IBAAK" not in hidden


def test_a_value_counts_when_it_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks while a value is being added either finds it, or sees by their number that one has come since."""
    known, seen = KnownValues(), []
    made = known_values._pieces

    def looked_at(text: str) -> memoryview:
        if not seen:
            seen.append(0)
            seen[0] = (len(known), list(known.spans("the word Canary.Key.99 stands here")))
        return made(text)

    monkeypatch.setattr(known_values, "_pieces", looked_at)
    known.add("Canary.Key.99")
    assert seen == [(0, [])]
    assert (len(known), list(known.spans("the word Canary.Key.99 stands here"))) == (1, [(9, 22)])
