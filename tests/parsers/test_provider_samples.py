"""A provider's sample is read for what it means, a file that is none is refused in one sentence, and no key is in the record."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import ParseError
from nr_run.parsers.provider_samples import Sample, read_sample
from nr_run.parsers.provider_samples.forms import FORMS
from nr_run.parsers.provider_samples.line_form import AREAS
from nr_run.parsers.provider_samples.providers import PROVIDERS

FOLDER = Path(__file__).parents[1] / "provider_samples"
SAMPLES = sorted(FOLDER.iterdir())
COMMANDS = [path for path in SAMPLES if path.suffix == ".txt"]
#: Where an address stands that is a peer, told without the product's tables.
_PEER = re.compile(
    r"(?:tunnel destination|set peer|pre-shared-key address|crypto isakmp key \S+ address|tunnel-group)\s+(\d+\.\d+\.\d+\.\d+)"
)


def read(path: Path) -> Sample:
    """One of the small samples of the tests."""
    return read_sample(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("name", "provider", "shape", "os", "peers"),
    [
        ("aws-ios.txt", "aws", "commands", "ios", ["203.0.113.21", "203.0.113.87"]),
        ("azure-ios-map.txt", "azure", "commands", "ios", ["198.51.100.44"]),
        ("ibm-asa.txt", "ibm", "commands", "asa", ["203.0.113.57"]),
        ("oracle-asa-vti.txt", "oracle", "commands", "asa", ["203.0.113.140"]),
        ("google-ios.txt", "google", "commands", "ios", ["203.0.113.68"]),
        ("alibaba.json", "alibaba", "json", "", ["203.0.113.200"]),
        ("alibaba-dual.xml", "alibaba", "xml", "", ["203.0.113.201", "203.0.113.202"]),
    ],
)
def test_whose_it_is_and_where_it_goes(name: str, provider: str, shape: str, os: str, peers: list[str]) -> None:
    """Provider, form, operating system and peers of each sample, and nothing that would be missing."""
    sample = read(FOLDER / name)
    assert (sample.provider.name, sample.shape, sample.os) == (provider, shape, os)
    assert [tunnel.said for tunnel in sample.tunnels] == peers
    assert not sample.told
    assert not any(tunnel.cut for tunnel in sample.tunnels)
    assert not [one.text for one in sample.statements if one.form is None]


def test_what_a_tunnel_is() -> None:
    """Version, style, algorithms, lifetimes, addresses and number are those of the lines."""
    first = read(FOLDER / "aws-ios.txt").tunnels[0]
    assert (first.version, first.style, first.pfs, first.bgp, str(first.inside)) == (1, "vti", 14, True, "169.254.44.2/30")
    assert [(one.encryption, one.integrity, one.group, one.lifetime) for one in first.ike[:1]] == [
        ("aes-256-cbc", "hmac-sha256", 14, 28800)
    ]
    oracle = read(FOLDER / "oracle-asa-vti.txt").tunnels[0]
    assert (oracle.version, oracle.number, oracle.near_interface) == (2, 100, "outside")
    assert [str(net) for net in oracle.far_routes] == ["10.66.0.0/16"]
    ibm = read(FOLDER / "ibm-asa.txt").tunnels[0]
    assert [(str(one.near), str(one.far)) for one in ibm.selectors] == [("10.100.0.0/24", "10.241.8.0/24")]


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_blanks_at_the_beginning_of_lines_mean_nothing(path: Path) -> None:
    """A sample that was pasted flat, or with other line ends and in another encoding, means the same."""
    text = path.read_text()
    flat = "\n".join(line.strip() for line in text.split("\n"))
    for data in (flat.encode(), text.replace("\n", "\r\n").encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        assert read_sample(data, path.name).tunnels == read(path).tunnels


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_no_key_is_in_the_record(path: Path) -> None:
    """Neither a line nor what Python prints of the record holds a key; the key itself is at hand for the store."""
    sample = read(path)
    values = [key.value for key in sample.keys]
    assert values
    shown = repr(sample) + "".join(one.text for one in sample.statements)
    for value in values:
        assert value in path.read_text()
        assert value not in shown
        assert f"{value[:12]}" not in shown or value[:6] * 2 == value[:12]


def test_a_key_in_a_remark_is_hidden_too() -> None:
    """What a key is is known from its line, and hidden wherever else it stands."""
    text = FOLDER.joinpath("google-ios.txt").read_text()
    key = "Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc"
    sample = read_sample(text.replace("! Google Cloud VPN", f"! Google Cloud VPN\nstrange {key} line").encode(), "x")
    strange = next(one for one in sample.statements if one.form is None)
    assert strange.text == "strange <key:0000000c> line"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"%PDF-1.7 ...", "is binary (a document"),
        (b"crypto\x00map", "is binary"),
        (b"\xff\xfe\x00\xd8a", "is binary"),
        (b"x" * 500_001, "something else"),
        (b"<!DOCTYPE html><html><body>403 Forbidden</body></html>", "a page of HTML"),
        (b"set security ike proposal p\nset security ike policy q\n", "a sample for Juniper (line 1)"),
        (b"set network ike crypto-profiles x\n", "a sample for Palo Alto Networks"),
        (b"config vpn ipsec phase1-interface\nset remote-gw 192.0.2.1\n", "a sample for Fortinet"),
        (b"conn aws\n  left=%defaultroute\n  authby=secret\n", "strongSwan"),
        (b"hello\nworld\n", "is no sample for Cisco"),
        (b"x\n" * 3001, "has 3001 lines"),
        (b"address " * 400, "has a line of 3200 characters"),
        (b"crypto isakmp policy 10\n encryption aes\n", "has no tunnel"),
        (b'{"VpnConnectionConfig": {"IkeConfig": {"Psk": "k', "breaks off or is damaged at line 1"),
        (b'{"a": 1}', "not the answer of DownloadVpnConnectionConfig"),
        (b"<a><b></a>", "breaks off or is damaged"),
        (b"[1, 2]", "no answer of a provider that is known"),
        (b'{"a":' * 90_000, "nested too deeply"),
        (b"<a>" * 30 + b"x" + b"</a>" * 30, "nested too deeply"),
        (b"<config>\n<entry name='ike'/>\n</config>", "a sample for Palo Alto Networks (line 2)"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares entities"),
        (b'<vpn_connection id="vpn-1"/>', "the generic XML of AWS"),
        (b'resource "aws_vpn_connection" "x" {\n}\nprovider "aws" {\n}\n', "Terraform"),
    ],
)
def test_what_is_no_sample_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    """The sentence names the file and what it is, and quotes nothing of it."""
    with pytest.raises(ParseError) as refused:
        read_sample(data, "download.txt")
    sentence = str(refused.value)
    assert sentence.startswith("download.txt ")
    assert words in sentence
    assert "\n" not in sentence


def test_two_in_one_file_are_refused() -> None:
    """Samples of two providers, of two operating systems, and of another vendor beside Cisco: the lines are named."""
    ios, asa = FOLDER.joinpath("azure-ios-map.txt").read_text(), FOLDER.joinpath("oracle-asa-vti.txt").read_text()
    google = FOLDER.joinpath("google-ios.txt").read_text()
    other = "set security ike proposal p\nset security ike policy q\n"
    for text, words in (
        (ios + google, "is of Azure and line 26 of Google Cloud"),
        (ios.replace("Microsoft Corporation", "").replace("Windows Azure Virtual Network", "").replace("azure-", "a-")
         + asa.replace("oracle", "o").replace("ORACLE", "O").replace("Oracle Cloud", ""), "is for IOS and line"),
        (ios + other, "is for Cisco, and line 26 of a sample for Juniper"),
    ):  # fmt: skip
        with pytest.raises(ParseError, match="is mixed") as refused:
            read_sample(text.encode(), "two.txt")
        assert words in str(refused.value)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("password_here", "documentation"),
        ("MySharedSecret", "documentation"),
        ("EXAMPLEqL2rVb9WcY5tUz8mPdH3k", "documentation"),
        ("*****", "masked"),
        ("XXXXXXXXXXXXXXXXXXXX", "row of one character"),
        ("<PRESHARED_KEY>", "blank"),
        ("6 AbCdEf", "encrypted"),
        ("Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc", ""),
    ],
)
def test_a_word_in_the_place_of_a_key_is_no_key(key: str, why: str) -> None:
    """What the documentation prints, what a device masks and what is to be filled in are told from a key."""
    text = FOLDER.joinpath("google-ios.txt").read_text().replace("Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc", key)
    found = read_sample(text.encode(), "x").keys[0]
    assert why in found.stand_in
    assert bool(found.stand_in) == bool(why)


def test_a_cut_file_is_told() -> None:
    """What is named and nowhere defined, a second tunnel that is announced, a last line without an end: each is said."""
    text = FOLDER.joinpath("aws-ios.txt").read_text()
    half = text[: text.index("crypto isakmp policy 201")]
    assert "announces 2 tunnels and has 1" in " ".join(read_sample(half.encode(), "x").told)
    no_set = text.replace("crypto ipsec transform-set ipsec-prop-1", "crypto ipsec transform-set other")
    assert "the transform set ipsec-prop-1 is named and nowhere defined" in read_sample(no_set.encode(), "x").tunnels[1].cut
    no_interface = text[: text.index("interface Tunnel2")]
    assert "names the peer 203.0.113.87, and no tunnel" in " ".join(read_sample(no_interface.encode(), "x").told)
    ibm = FOLDER.joinpath("ibm-asa.txt").read_text()
    at_peer = ibm[: ibm.index("crypto map ibm_vpc 1 set ikev2")].rstrip("\n")[:-1]
    assert "has no line end" in " ".join(read_sample(at_peer.encode(), "x").told)


def test_what_was_copied_from_a_terminal_is_read_behind_its_prompt() -> None:
    """Lines with the prompt of configuration mode before them mean the same, and their keys are taken out all the same."""
    text = FOLDER.joinpath("ibm-asa.txt").read_text()
    typed = "\n".join(f"fw(config)# {line}" if line and line[0] != "#" else line for line in text.split("\n"))
    assert read_sample(typed.encode(), "x").tunnels == read(FOLDER / "ibm-asa.txt").tunnels
    assert "Rf6yHn3Vb8Jm1Kx5Tz0Qw7Lp" not in repr(read_sample(typed.encode(), "x"))


def test_blanks_are_filled_in_as_whole_words() -> None:
    """Also those of a portal's template; a word in a longer one is left."""
    text = FOLDER.joinpath("azure-ios-map.txt").read_text()
    value = '<xsl:value-of select="/Data/SP_Gateway"/>'
    made = f'<?xml version="1.0"?>\n<xsl:stylesheet>{text.replace("198.51.100.44", value)}</xsl:stylesheet>\n'
    sample = read_sample(made.encode(), "x", {"<SP_Gateway>": "203.0.113.44"})
    assert [str(tunnel.peer) for tunnel in sample.tunnels] == ["203.0.113.44"]
    aws = FOLDER.joinpath("aws-ios.txt").read_text().replace("YOUR_BGP_ASN", "YOUR_UPLINK_ADDRESS_2")
    found = read_sample(aws.encode(), "x", {"YOUR_UPLINK_ADDRESS": "198.51.100.14"})
    assert {word for one in found.statements for word in one.blanks} == {"YOUR_UPLINK_ADDRESS_2"}


def test_what_a_line_is_about_depends_on_what_uses_it() -> None:
    """A list that no map selects by filters, and a route that leads elsewhere than into the tunnel is another's."""
    text = FOLDER.joinpath("oracle-asa-vti.txt").read_text() + "route outside 0.0.0.0 0.0.0.0 198.51.100.254 1\n"
    sample = read_sample(text.encode(), "x")
    assert [sample.area_of(one) for one in sample.statements[-2:]] == ["route", "other-route"]
    text = (
        FOLDER.joinpath("azure-ios-map.txt").read_text()
        + "access-list 120 permit ip any any\nip access-list extended IN\n deny udp any any\nstrange words\n"
    )
    sample = read_sample(text.encode(), "x")
    areas = {one.text: sample.area_of(one) for one in sample.statements}
    assert areas["access-list 120 permit ip any any"] == "filter"
    assert areas["access-list 110 permit ip 10.30.0.0 0.0.255.255 10.60.0.0 0.0.255.255"] == "selector"
    assert (areas["ip access-list extended IN"], areas["deny udp any any"]) == ("filter", "filter")
    assert areas["strange words"] == ""


def test_a_template_of_a_portal_has_blanks() -> None:
    """What a portal would have put in by XSLT is to be filled in; what else the template says is read."""
    text = FOLDER.joinpath("azure-ios-map.txt").read_text()
    value = '<xsl:value-of select="/Data/SP_AzureGatewayIpAddress"/>'
    made = f'<?xml version="1.0"?>\n<xsl:stylesheet>{text.replace("198.51.100.44", value)}</xsl:stylesheet>\n'
    sample = read_sample(made.encode(), "x")
    assert sample.shape == "xslt"
    assert [tunnel.said for tunnel in sample.tunnels] == ["<SP_AzureGatewayIpAddress>"]
    assert sample.tunnels[0].peer is None


def test_every_form_is_about_something_and_is_found() -> None:
    """Each row has an area with a sentence, a sub-mode that a row opens, and a release that can be read."""
    for rows in FORMS.values():
        opened = {row.name for row in rows if row.opens}
        for row in rows:
            assert row.area in AREAS, row.name
            assert set(row.inside) <= opened, row.name
    assert {provider.name for provider in PROVIDERS} >= {"aws", "azure", "google", "ibm", "oracle", "alibaba"}


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A sample that somebody has cut, shuffled, doubled or damaged."""
    text = draw(st.sampled_from(SAMPLES)).read_text()
    lines = text.split("\n")
    kind = draw(st.sampled_from(["cut", "cut-anywhere", "drop", "shuffle", "double", "swap", "two", "damage"]))
    at, to = sorted(draw(st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines)))))
    if kind == "cut":
        lines = lines[:at]
    elif kind == "cut-anywhere":
        return text[: draw(st.integers(0, len(text)))]
    elif kind == "drop":
        del lines[at:to]
    elif kind == "shuffle":
        lines = draw(st.permutations(lines))
    elif kind == "double":
        lines[at:at] = lines[at:to]
    elif kind == "swap":
        lines = lines[to:] + lines[at:to] + lines[:at]
    elif kind == "two":
        lines += draw(st.sampled_from(SAMPLES)).read_text().split("\n")
    else:
        place = draw(st.integers(0, max(0, len(text) - 1)))
        return text[:place] + draw(st.text(max_size=6)) + text[place + draw(st.integers(0, 6)) :]
    return "\n".join(lines)


def read_or_refuse(data: bytes) -> Sample | str:
    """The sample, or the sentence with which it is refused."""
    try:
        return read_sample(data, "x.txt")
    except ParseError as refused:
        return str(refused)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_no_peer_is_lost_in_silence(text: str) -> None:
    """Whatever became of a sample: it is refused in one sentence, or each peer in it is a tunnel's or is named as none's."""
    sample = read_or_refuse(text.encode("utf8", "surrogatepass"))
    if isinstance(sample, str):
        assert "\n" not in sample
        return
    said = " ".join((*(tunnel.said for tunnel in sample.tunnels), *sample.told, *(one for t in sample.tunnels for one in t.cut)))
    if sample.os:
        known = {word for one in sample.statements for word in _PEER.findall(one.text)}
        assert known <= set(re.findall(r"\d+\.\d+\.\d+\.\d+", said))
        assert {number for number, line in enumerate(text.split("\n"), 1) if _PEER.match(line.strip())} <= {
            *(one.number for one in sample.statements)
        }
    else:
        assert len(sample.tunnels) == max(1, text.count('"Remote"'), text.count("<Remote>"))
    assert not any(key.value in repr(sample) for key in sample.keys if len(key.value) > 8 and not key.stand_in)


def test_a_key_is_told_by_name_and_not_by_luck() -> None:
    """The key of a JSON answer is that of its field, whatever the order of the fields."""
    document = json.loads(FOLDER.joinpath("alibaba.json").read_text())
    part = document["VpnConnectionConfig"]["IkeConfig"]
    document["VpnConnectionConfig"]["IkeConfig"] = dict(reversed(part.items()))
    sample = read_sample(json.dumps(document).encode(), "x")
    assert [key.value for key in sample.keys] == [part["Psk"]]
