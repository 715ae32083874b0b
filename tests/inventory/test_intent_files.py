"""Every mistake in an intent file is named with its file, its line, its field and the nearest match."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.intent import Intent, IntentFile
from nr_run.inventory.intents.intent_files import load_intent

from ..own_inventory import PAIR
from ..sampling import examples

MARKER = "S3cr3t-M4rker-K3y"

#: Ten aliases of ten aliases of ... : a few lines that stand for ten million values.
BOMB = "l0: &l0 x\n" + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 8))


def refusal(folder: Path) -> list[str]:
    """The lines of the error that loading the folder ends in."""
    with pytest.raises(IntentError) as caught:
        load_intent(folder)
    return str(caught.value).splitlines()


def edit(path: Path, old: str, new: str) -> int:
    """Replace ``old``, which stands there once, and give the line (from 1) on which it stood."""
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    status: active", "    state: active", "tunnels[0].state: unknown key (did you mean status?)"),
        (
            "    status: active",
            "    status: aktive",
            "tunnels[0].status: 'aktive' is not a value it can have (did you mean active?)",
        ),
        (
            "    encapsulation: ipsec-tunnel",
            "    encapsulation: gre",
            "tunnels[0].encapsulation: gre is not built (known: ipsec-tunnel)",
        ),
        (
            "    ipsec_profile: ios-12.2",
            "    ipsec_profile: ios-12.3",
            "tunnels[0].ipsec_profile: there is no IPsec profile 'ios-12.3' (did you mean ios-12.2?)",
        ),
        ("    nat_traversal: false", "    nat_traversal: no", "tunnels[0].nat_traversal: has to be true or false"),
        (
            "      interval_seconds: 10",
            "      interval_seconds: ten",
            "tunnels[0].dpd.interval_seconds: has to be a whole number",
        ),
        ("      interval_seconds: 10", "      interval_seconds: 5", "tunnels[0].dpd.interval_seconds: has to be at least 10"),
        ("      retries: 3", "      retries: 300", "tunnels[0].dpd.retries: has to be at most 60"),
        ("      until: 2028-06-30", "      until: 2028-02-30", "tunnels[0].waiver.until: is not a date (YYYY-MM-DD)"),
        ("      until: 2028-06-30", "      until: 20280630", "tunnels[0].waiver.until: is not a date (YYYY-MM-DD)"),
        ("      ticket: SEC-1042", "      ticket: 1042", "tunnels[0].waiver.ticket: has to be text (put it in quotes)"),
        ("      ticket: SEC-1042", '      ticket: ""', "tunnels[0].waiver.ticket: is empty"),
        (
            "        outside_ip: 172.18.124.159",
            "        outside_ip: 172.18.124.300",
            "tunnels[0].terminations[0].outside_ip: is not an IPv4 address",
        ),
        (
            "        outside_ip: 172.18.124.159",
            "        outside_ip: 5",
            "tunnels[0].terminations[0].outside_ip: is not an IPv4 address",
        ),
        (
            "        protected_prefixes: [10.10.10.0/24]",
            "        protected_prefixes: [10.10.10.1/24]",
            "tunnels[0].terminations[0].protected_prefixes[0]: has host bits set (did you mean 10.10.10.0/24?)",
        ),
        (
            "        protected_prefixes: [10.10.10.0/24]",
            "        protected_prefixes: [10.10.10.0]",
            "tunnels[0].terminations[0].protected_prefixes[0]: is not an IPv4 network with its prefix length (10.10.10.0/24)",
        ),
        (
            "        protected_prefixes: [10.10.10.0/24]",
            "        protected_prefixes: []",
            "tunnels[0].terminations[0].protected_prefixes: needs at least 1 entry",
        ),
        (
            "        protected_prefixes: [10.10.10.0/24]",
            "        protected_prefixes: 10.10.10.0/24",
            "tunnels[0].terminations[0].protected_prefixes: has to be a list",
        ),
        (
            "    description: Headquarters to branch office",
            '    description: "two\\nlines"',
            "tunnels[0].description: has to be printable ASCII in one line",
        ),
        (
            "  - name: hq-branch",
            "  - name: hq branch",
            "tunnels[0].name: may only have letters, digits, dot, dash and underscore",
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_line(vpn: Path, old: str, new: str, sentence: str) -> None:
    """Each wrong field gives one sentence with file, line, field and what is wrong; a list is not too short for a wrong item."""
    path = vpn / "hq-branch.yaml"
    line = edit(path, old, new)
    (told,) = [told for told in refusal(vpn) if "is missing" not in told]
    assert told == f"{path}:{line}: {sentence}"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    authentication_method: preshared-keys\n    encryption_algorithm: 3des-cbc",
            "    encryption_algorithm: 3des",
            "ike_proposals[0].encryption_algorithm: '3des' is not a value it can have (did you mean 3des-cbc?)",
        ),
        ("    group: 2\n", "    group: 3\n", "ike_proposals[0].group: 3 is not a value it can have (known: "),
        ("    sa_lifetime: 86400", "    sa_lifetime: 86401", "ike_proposals[0].sa_lifetime: has to be at most 86400"),
        ("    sa_lifetime: 86400", "    sa_lifetime: 1.5", "ike_proposals[0].sa_lifetime: has to be a whole number"),
        ("    mode: main\n", "", "ike_policies[0]: mode is required with version 1 (main)"),
        ("    version: 1\n", "    version: 2\n", "ike_policies[0]: mode is not allowed with version 2: IKEv2 has no modes"),
        (
            "    proposals: [ike-3des-sha1-2]",
            "    proposals: [ike-3des-sha1]",
            "ike_policies[0].proposals[0]: there is no IKE proposal 'ike-3des-sha1' (did you mean ike-3des-sha1-2?)",
        ),
        (
            "    ike_policy: ikev1-12.2",
            "    ike_policy: ikev2",
            "ipsec_profiles[0].ike_policy: there is no IKE policy 'ikev2' (did you mean ikev1-12.2?)",
        ),
        (
            "    ipsec_policy: ipsec-12.2",
            "    ipsec_policy: ipsec-12.4",
            "ipsec_profiles[0].ipsec_policy: there is no IPsec policy 'ipsec-12.4' (did you mean ipsec-12.2?)",
        ),
        (
            "    mode: esp",
            "    mode: ah",
            "ipsec_profiles[0].mode: ah is not built (known: esp)",
        ),
        (
            "schema_version: 1",
            "schema_version: 2",
            "schema_version: 2 is not a value it can have (known: 1)",
        ),
        ("ike_policies:", "ike_polices:", "ike_polices: unknown key (did you mean ike_policies?)"),
    ],
)
def test_wrong_cryptography_is_named(vpn: Path, old: str, new: str, sentence: str) -> None:
    """A wrong value, version, mode or reference in the cryptography is named with its nearest match."""
    path = vpn / "cryptography.yaml"
    edit(path, old, new)
    assert any(line.startswith(f"{path}:") and sentence in line for line in refusal(vpn))


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("    ipsec_profile: ios-12.2\n", "tunnels[0].ipsec_profile: is missing"),
        ("    preshared_key_ref: credential:hq-branch-psk\n", "tunnels[0].preshared_key_ref: is missing"),
        ("        probe_address: 10.10.10.1\n", "tunnels[0].terminations[0].probe_address: is missing"),
        ("schema_version: 1\n", "schema_version: is missing"),
    ],
)
def test_a_missing_field_is_named(vpn: Path, field: str, sentence: str) -> None:
    """A required field that is left out is named, at the line of the record that lacks it."""
    edit(vpn / "hq-branch.yaml", field, "")
    assert any(line.endswith(sentence) for line in refusal(vpn))


def test_gcm_brings_its_own_integrity(vpn: Path) -> None:
    """An IPsec proposal has an integrity algorithm with a CBC cipher, and none with a GCM cipher."""
    path = vpn / "cryptography.yaml"
    cbc = "  - name: esp-3des-sha1\n    encryption_algorithm: 3des-cbc\n    authentication_algorithm: hmac-sha1\n"
    edit(path, cbc, cbc.replace("3des-cbc", "aes-256-gcm"))
    assert "not allowed with a GCM cipher" in refusal(vpn)[0]
    edit(path, "aes-256-gcm\n    authentication_algorithm: hmac-sha1\n", "aes-256-cbc\n")
    assert "required with a CBC cipher" in refusal(vpn)[0]


def test_a_tunnel_has_exactly_two_ends(vpn: Path) -> None:
    """One termination is too few and three are too many."""
    path = vpn / "hq-branch.yaml"
    text = path.read_text()
    second = text[text.index("      - host: vpn3640") :]
    path.write_text(text.replace(second, ""))
    assert refusal(vpn)[0].endswith("tunnels[0].terminations[1]: is missing: tunnels[0].terminations needs 2 entries")
    path.write_text(text + second)
    assert refusal(vpn)[0].endswith(
        "terminations: has more than 2 entries, and a tunnel with a backup peer or between more than two ends is not built"
    )


@pytest.mark.parametrize("key", ["preshared_key", "psk", "password", "secret"])
def test_a_literal_key_is_refused_without_being_shown(vpn: Path, key: str) -> None:
    """A key in clear is refused with the advice to use preshared_key_ref, and never quoted."""
    path = vpn / "hq-branch.yaml"
    line = edit(path, "    preshared_key_ref: credential:hq-branch-psk", f"    {key}: {MARKER}")
    text = "\n".join(refusal(vpn))
    assert f"{path}:{line}: tunnels[0].{key}: a key is never written into the intent: use preshared_key_ref" in text
    assert MARKER not in text


def test_a_key_in_place_of_its_reference_is_refused_without_being_shown(vpn: Path) -> None:
    """A key that stands where its reference belongs is not quoted either."""
    edit(vpn / "hq-branch.yaml", "credential:hq-branch-psk", MARKER)
    (line,) = refusal(vpn)
    assert "preshared_key_ref: has to say where the key is kept, as scheme:name" in line
    assert MARKER not in line


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "the file is empty"),
        ("# nothing but a comment\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "the file has to be a mapping (key: value) at its top level"),
        ("just text\n", 1, "the file has to be a mapping (key: value) at its top level"),
        ("schema_version: 1\ntunnels:\n\t- name: x\n", 3, "this is not valid YAML: a tab stands where YAML wants spaces"),
        ("schema_version: 1\nschema_version: 1\n", 2, "the key schema_version is there twice"),
        ("schema_version: 1\ntunnels: [\n", 3, "this is not valid YAML"),
        ("schema_version: 1\nname: a: b\n", 2, "this is not valid YAML: there is a colon too much"),
        ("schema_version: 1\nname: 'open\n", 3, "this is not valid YAML: a quote is not closed"),
        ("schema_version: 1\nname: *other\n", 2, "this is not valid YAML: a value that starts with * has to be quoted"),
        ("schema_version: 1\n---\nschema_version: 1\n", 2, "this is not valid YAML: the file holds more than one"),
        ("schema_version: 1\n1: x\n", 2, "a key has to be text (put numbers in quotes)"),
        ("tunnels: &a [*a]\n", 1, "tunnels[0]: has to be a mapping (key: value)"),
        ("a:\n" + "- " * 100, 2, "this is not valid YAML: it is nested too deeply"),
        ("a: &x 1\nb: &x 2\n", 2, "b: unknown key"),
        (BOMB, 1, "aliases of aliases make the file too large"),
        ("schema_version: !!int one\n", 1, "this is not valid YAML"),
        ("schema_version: 1\ntunnels: 5\n", 2, "tunnels: has to be a list"),
        ("schema_version: 1\ntunnels: [5]\n", 2, "tunnels[0]: has to be a mapping (key: value)"),
    ],
)
def test_what_is_no_intent_file_is_refused_with_its_line(vpn: Path, text: str, line: int, sentence: str) -> None:
    """Broken YAML, an empty file and a file of another shape are named with the line where it shows."""
    path = vpn / "broken.yaml"
    path.write_text(text)
    assert any(found.startswith(f"{path}:{line}: {sentence}") for found in refusal(vpn)), refusal(vpn)


def test_a_value_is_not_quoted_when_its_key_stands_twice(vpn: Path) -> None:
    """The YAML parser's own words for a doubled key quote both values, which may be keys; ours do not."""
    (vpn / "broken.yaml").write_text(f"psk: {MARKER}1\npsk: {MARKER}2\n")
    text = "\n".join(refusal(vpn))
    assert "broken.yaml:2: the key psk is there twice" in text
    assert MARKER not in text


def test_a_file_that_is_not_text_is_refused(vpn: Path) -> None:
    """Bytes that are not UTF-8 are refused in one sentence."""
    (vpn / "broken.yml").write_bytes(b"schema_version: \xff\xfe\n")
    assert refusal(vpn) == [f"{vpn / 'broken.yml'}:1: the file is not UTF-8 text"]


def test_a_folder_without_intent_is_refused(tmp_path: Path) -> None:
    """A missing folder and an empty one are told apart."""
    assert refusal(tmp_path / "none") == [f"{tmp_path / 'none'}: there is no such folder of intent files"]
    assert refusal(tmp_path) == [f"{tmp_path}: the folder has no intent file (*.yaml)"]


def test_a_name_defined_in_two_files_is_refused_with_both_places(vpn: Path) -> None:
    """A second definition names its own place and that of the first."""
    first = vpn / "hq-branch.yaml"
    second = vpn / "site" / "again.yml"
    second.parent.mkdir()
    second.write_text(first.read_text())
    line = first.read_text().split("- name: hq-branch")[0].count("\n") + 1
    third = vpn / "site" / "and-again.yml"
    third.write_text(first.read_text())
    assert refusal(vpn) == [
        f"{path}:{line}: tunnels[0].name: tunnel 'hq-branch' is defined twice; the first is at {first}:{line}"
        for path in (second, third)
    ]


def test_all_problems_are_listed_in_the_order_of_the_files(vpn: Path) -> None:
    """Two wrong files give the problems of both, sorted by file and line, each once."""
    edit(vpn / "cryptography.yaml", "    sa_lifetime: 86400", "    sa_lifetime: 1")
    edit(vpn / "hq-branch.yaml", "    status: active", "    status: on")
    edit(vpn / "hq-branch.yaml", "      retries: 3", "      retries: x")
    lines = refusal(vpn)
    assert len(lines) == 3
    assert [Path(line.split(":")[0]).name for line in lines] == ["cryptography.yaml", "hq-branch.yaml", "hq-branch.yaml"]


def test_an_unreadable_file_accuses_no_other_file(vpn: Path) -> None:
    """While one file cannot be read, references into it are not called missing."""
    (vpn / "cryptography.yaml").write_text("")
    assert refusal(vpn) == [f"{vpn / 'cryptography.yaml'}:1: the file is empty"]


def test_anchors_and_merge_keys_are_plain_yaml(vpn: Path) -> None:
    """YAML's own means to say something once are understood."""
    edit(vpn / "hq-branch.yaml", "    dpd:\n", "    dpd: &dpd\n")
    text = (vpn / "hq-branch.yaml").read_text()
    (vpn / "hq-branch.yaml").write_text(
        text.replace("      interval_seconds: 10\n      retries: 3", "      <<: {interval_seconds: 10, retries: 3}")
    )
    assert load_intent(vpn).tunnels["hq-branch"].dpd == load_intent(EXAMPLE_VPN).tunnels["hq-branch"].dpd


EXAMPLE_VPN = PAIR / "vpn"


def test_models_survive_a_round_trip_through_yaml(tmp_path: Path) -> None:
    """What is written from the models is read back as the same intent."""
    intent = load_intent(EXAMPLE_VPN)
    records = {
        section: [record.model_dump(mode="json", exclude_defaults=True) for record in getattr(intent, section).values()]
        for section in IntentFile.model_fields
        if section != "schema_version"
    }
    with (tmp_path / "again.yaml").open("w") as stream:
        YAML(typ="safe").dump({"schema_version": 1, **records}, stream)
    again = load_intent(tmp_path)
    assert all(dict(getattr(again, section)) == dict(getattr(intent, section)) for section in records)


PIECES = [
    *("schema_version: 1", "tunnels:", "  - name: a", "  -", "    proposals: [x, y]", "    dpd: {retries: .inf}", "psk:", "null"),
    *("a: &x 1", "b: *x", "<<: *x", "? [1]", "!!set {a}", "!!binary x", "2028-02-30", "%YAML 1.1", "---", "..."),
    *("'", '"', "{", "}", "[", "]", ":", "-", "*", "&", "!", ">", "  ", "\t", "é", "\x07"),
]
SECRETS = [f"psk: {MARKER}", f"preshared_key_ref: {MARKER}", f"preshared_key: *{MARKER}"]
YAML_SOUP = st.lists(st.sampled_from([*PIECES, *SECRETS]), max_size=8).map("\n".join)


@settings(max_examples=examples(150), deadline=None)
@given(text=YAML_SOUP | st.text(max_size=40))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No text ends in anything but an intent or an IntentError, and no value of a secret field is shown."""
    folder = tmp_path_factory.mktemp("soup")
    (folder / "soup.yaml").write_text(text, encoding="utf-8", newline="")
    try:
        assert isinstance(load_intent(folder), Intent)
    except IntentError as error:
        assert MARKER not in str(error)  # noqa: PT017 - there is nothing to expect when the text is fine
        assert all(line.startswith(str(folder / "soup.yaml:")) for line in str(error).splitlines())  # noqa: PT017 - as above
