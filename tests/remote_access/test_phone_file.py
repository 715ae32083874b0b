"""A phone's file is read as it comes: signed, copied from a web page, a digest in any form; a wrong one is one sentence."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.phones.models import MODELS, model_named, model_of_load
from nr_run.checks.phones.phone_file import read_digest, read_phone_file
from nr_run.inventory.errors import IntentError, UsageError
from nr_run.runbooks.commands.audit_vpn_phone_command import phone_files

#: Public files, which are read where they lie.
SAMPLES = os.environ.get("NR_RUN_SAMPLES", "")
#: The digest that Cisco's document shows, and the one of the certificate that its phone was shown.
DOCUMENT, SHOWN = "5X6B6plUwUSXZnjQ4kGM33mpMXY=", "1289B8A7AA9FFD84865E38939F3466A61B5608FC"


def file_of(credentials: str, *, check: str = "<enableHostIDCheck>0</enableHostIDCheck>") -> str:
    """A file with this below credentials."""
    return (
        f"\x01\x02signature<device>\n<loadInformation>SIP42.9-1-1SR1S</loadInformation>\n<vpnGroup>\n<mtu>1290</mtu>{check}\n"
        f"<addresses><url2>https://b.example.com/V</url2><url1>https://192.0.2.7:8443/V</url1></addresses>\n"
        f"<credentials>{credentials}</credentials>\n</vpnGroup></device>\x03"
    )


def test_a_digest_without_its_element_is_read() -> None:
    """Where a copy has lost the element around the digest, the bare line is taken; the one of the algorithm never is."""
    read = read_phone_file("f", file_of(f"\n<hashAlg>0</hashAlg>\n{DOCUMENT}\n"))
    assert [(item.digest.hex(), item.algorithm) for item in read.hashes] == [
        ("e57e81ea9954c144976678d0e2418cdf79a93176", "SHA-1")
    ]
    assert read.urls == ("https://192.0.2.7:8443/V", "https://b.example.com/V")
    assert (read.checks_host, read.load) == (False, "SIP42.9-1-1SR1S")


def test_the_digests_of_the_document_differ() -> None:
    """The document's phone trusts another certificate than it is shown, in whatever form the two digests are written."""
    trusted, shown = read_digest(DOCUMENT), read_digest(SHOWN)
    assert trusted is not None
    assert shown is not None
    assert trusted.digest != shown.digest
    assert shown.digest == base64.b64decode("Eom4p6qf/YSGXjiTnzRmphtWCPw=")


@given(st.one_of(st.binary(min_size=20, max_size=20), st.binary(min_size=32, max_size=32)))
def test_every_form_of_a_digest_is_the_same(digest: bytes) -> None:
    """Hexadecimal with colons, blanks or neither, in either case, and base64 are one digest; the length says which it is."""
    forms = (digest.hex(":").upper(), digest.hex(), digest.hex(" "), base64.b64encode(digest).decode())
    read = [read_digest(form) for form in forms]
    assert {item.digest for item in read if item} == {digest}
    assert {item.algorithm for item in read if item} == {"SHA-1" if len(digest) == 20 else "SHA-256"}
    assert None not in read


@pytest.mark.parametrize("text", ["", "AAAA", "zz", DOCUMENT[:-4], "12:89:B8"])
def test_what_is_no_digest_is_none(text: str) -> None:
    """A text of another length, or of other signs, is taken for no digest."""
    assert read_digest(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<device></device>", "there is no vpnGroup"),
        ("<vpnGroup><mtu>1</vpnGroup>", "line 1: the vpnGroup is no well-formed XML"),
        ("\n\n<vpnGroup>\n<mtu>1</vpnGroup>", "line 4: the vpnGroup"),
        ("<vpnGroup><!ENTITY a 'b'></vpnGroup>", "has a declaration in it"),
        (file_of("<certHash1>nonsense</certHash1>"), "a text of 8 characters below credentials is no digest"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(text: str, words: str) -> None:
    """What cannot be read names the file, the line where there is one, and what is wrong."""
    with pytest.raises(IntentError) as caught:
        read_phone_file("SEP.cnf.xml", text)
    assert str(caught.value).startswith("SEP.cnf.xml")
    assert words in str(caught.value)


def test_a_file_that_does_not_say_whether_names_are_looked_at() -> None:
    """What is absent in a file is not known, and is not taken for off."""
    assert read_phone_file("f", file_of("", check="")).checks_host is None


@pytest.mark.parametrize(
    ("load", "model"), [("sip8861.14-1-1-0001-125", "8861"), ("SIP42.9-1-1SR1S", "7942"), ("sip88xx.12-8-1", "8841")]
)
def test_the_firmware_says_which_phone_it_is(load: str, model: str) -> None:
    """The name of a firmware leads to the row of its series."""
    assert model_of_load(load) is MODELS[model]


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    """A model that is in no row is refused, and nothing is guessed of it."""
    assert model_named("CP-7962G") is MODELS["7962"]
    with pytest.raises(UsageError, match="7942"):
        model_named("7940")
    assert model_of_load("jar45sccp.8-2-1") is None


@pytest.mark.skipif(not SAMPLES, reason="NR_RUN_SAMPLES names no folder of public samples")
@pytest.mark.parametrize("name", ["phone_sepmac_vpngroup_wellformed.txt", "phone_vpngroup_excerpt_tftp.txt"])
def test_public_files_are_read(name: str) -> None:
    """Files that are published are read, the excerpts among them."""
    read = read_phone_file(name, (Path(SAMPLES) / "profile" / name).read_text(errors="replace"))
    assert len(read.urls) == len(read.hashes) == 1


def test_what_is_commented_out_is_not_read() -> None:
    """A vpnGroup in a comment is none, nor is a digest or a firmware; the line of what is wrong stays its line."""
    old = file_of("<certHash1>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</certHash1>").strip("\x01\x02\x03").removeprefix("signature")
    read = read_phone_file("f", f"<!-- {old} -->\n" + file_of(f"<certHash1>{DOCUMENT}</certHash1>"))
    assert [item.text for item in read.hashes] == [DOCUMENT]
    with pytest.raises(IntentError, match="no vpnGroup"):
        read_phone_file("f", f"<!-- {old} -->")
    with pytest.raises(IntentError, match="line 8"):
        read_phone_file("f", "<!--\n\n\n-->" + file_of("").replace("<addresses>", "<addressed>"))


def test_a_file_that_is_cut_or_endless_is_one_sentence() -> None:
    """A group without its end is told as cut, however often it begins."""
    with pytest.raises(IntentError, match="has no end"):
        read_phone_file("f", file_of(DOCUMENT).partition("</vpnGroup>")[0])
    with pytest.raises(IntentError, match="has no end"):
        read_phone_file("f", "<vpnGroup>" * 300_000)


def test_a_file_of_any_coding(tmp_path: Path) -> None:
    """UTF-16 with its mark is read as UTF-8 is; a file that is too large for a phone is not read."""
    for coding in ("utf8", "utf-16"):
        (tmp_path / "SEP.xml").write_bytes(file_of(DOCUMENT).encode(coding))
        (read,) = phone_files((tmp_path / "SEP.xml",))
        assert [item.text for item in read.hashes] == [DOCUMENT]
    (tmp_path / "SEP.xml").write_bytes(b" " * (5 << 20))
    with pytest.raises(IntentError, match="larger than 4 MB"):
        phone_files((tmp_path / "SEP.xml",))
