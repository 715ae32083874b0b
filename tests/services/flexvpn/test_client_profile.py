"""The XML profile of the clients: well-formed, what has to be nested is, and no terminal takes any of it for itself."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.changes.device_file import DeviceFile
from nr_run.inventory.errors import DeviceRefused
from nr_run.services.flexvpn.client_profile import NAMESPACE, client_profile
from nr_run.services.flexvpn.names import files_of
from nr_run.tasks.device_files import lines_for

from .head_ends import BARE, deployed, head_end

IN = f"{{{NAMESPACE}}}"


def test_reconnecting_is_nested_as_the_schema_has_it() -> None:
    """What a client does after a sleep stands inside AutoReconnect, which is true; a sibling would be no valid profile."""
    root = ElementTree.fromstring(client_profile(head_end(client_profile={})))  # noqa: S314 - our own text
    (reconnect,) = root.iter(f"{IN}AutoReconnect")
    assert (reconnect.text or "").strip() == "true"
    (behaviour,) = reconnect
    assert (behaviour.tag, behaviour.text) == (f"{IN}AutoReconnectBehavior", "ReconnectAfterResume")
    (entry,) = root.iter(f"{IN}HostEntry")
    assert [child.tag.removeprefix(IN) for child in entry] == ["HostName", "HostAddress", "PrimaryProtocol"]
    assert (entry[1].text, (entry[2].text or "").strip()) == ("vpn.example.com", "IPsec")


@settings(max_examples=40)
@given(st.from_regex(r"[A-Za-z0-9 ._()+,-]{0,60}", fullmatch=True), st.booleans(), st.integers(10, 120))
def test_any_profile_can_be_typed_and_read(label: str, controllable: bool, seconds: int) -> None:
    """Whatever the intent may say, the file is well-formed, and every line of it goes through a terminal as it is."""
    options = {"host_name": label, "user_controllable": controllable, "authentication_timeout": seconds}
    wanted = head_end(client_profile=options)
    assert ElementTree.fromstring(client_profile(wanted)).tag == f"{IN}AnyConnectProfile"  # noqa: S314 - our own text
    (file,) = files_of(wanted)
    typed = list(lines_for("x", file))
    texts = [match[1] for line in typed if (match := re.fullmatch(r"puts \$nr_file \{(.*)\}", line))]
    assert "".join(f"{text}\n" for text in texts) == file.text


@pytest.mark.parametrize("text", ["what?\n", "a {b}\n", "a\\b\n", "tab\there\n", "über\n"])
def test_what_a_terminal_would_take_for_itself_is_not_typed(text: str) -> None:
    """A question mark asks for help, a brace ends the text: such a file is refused before a line of it is typed."""
    with pytest.raises(DeviceRefused, match="cannot be typed"):
        list(lines_for("x", DeviceFile("bootflash:x.xml", text)))


def test_another_content_is_another_file() -> None:
    """The name on the flash follows from the content, and the configuration names it."""
    one, other = (next(files_of(head_end(client_profile={"authentication_timeout": n}))) for n in (20, 30))
    assert one.url != other.url
    there = deployed(head_end(client_profile={"authentication_timeout": 20}), BARE)
    assert f"crypto vpn anyconnect profile FLEX-laptops {one.url}" in there
    assert " anyconnect profile FLEX-laptops\n" in there
    assert "anyconnect profile" not in deployed(head_end(), BARE)
