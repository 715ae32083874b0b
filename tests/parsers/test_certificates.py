"""What stands below a heading of a certificate means what the heading says, and nothing where it stands alone."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse

SHOWN = """\
Certificate
  Status: {status}
  Version: 3
  Certificate Serial Number (hex): 21
  Certificate Usage: General Purpose
  Issuer:
    cn=Example CA
  Subject:
    Name: vpn.example.com
    cn=vpn.example.com
  Validity Date:
    start date: 11:40:05 UTC {begins}
    end   date: 11:40:05 UTC Feb 18 2027
{above}  X509v3 extensions:
    X509v3 Key Usage: A0000000
      Digital Signature
    X509v3 Subject Alternative Name:
        vpn.example.com
        IP Address : 203.0.113.1
    X509v3 Basic Constraints:
        CA: FALSE
    Extended Key Usage:
        Server Auth
        {usage}
  Cert install time: 11:45:00 UTC Feb 19 2024
  Associated Trustpoints: VPN-TP
"""


def shown(status: str = "Available", begins: str = "Feb 19 2024", above: str = "", usage: str = "1.3.6.1.5.5.7.3.17") -> str:
    """One certificate as a router shows it, with what differs."""
    return SHOWN.format(status=status, begins=begins, above=above and f"    {above}\n", usage=usage)


def complete(text: str) -> bool:
    """True if every line was understood."""
    try:
        return parse("ios", "show crypto pki certificates", text).complete
    except ParseError:
        return False


def test_a_certificate_with_all_its_lists() -> None:
    """Usages and names come from below their headings, a usage without a name is its identifier."""
    parsed = parse("ios", "show crypto pki certificates", shown())
    assert parsed.complete, parsed.problems
    (found,) = parsed.state
    assert [one.usage for one in found.usages] == ["Server Auth", "1.3.6.1.5.5.7.3.17"]
    assert [one.host for one in found.alternatives] == ["vpn.example.com"]
    assert (found.status, found.begins) == ("Available", "2024-02-19T11:40:05")


@pytest.mark.parametrize("line", ["Server Auth", "1.3.6.1.5.5.7.3.1", "other.example.com"])
def test_an_entry_without_its_heading_is_not_understood(line: str) -> None:
    """A usage or a name that stands outside its list is none of the certificate's, so the output is not whole."""
    assert complete(shown())
    assert not complete(shown(above=line))


@pytest.mark.parametrize(
    "changed",
    [{"status": "Foo"}, {"begins": "Fib 19 2024"}, {"begins": "Feb 30 2024"}, {"usage": "10.1.1.1"}, {"usage": "Sorver Auth"}],
)
def test_a_word_that_no_router_prints_there(changed: dict[str, str]) -> None:
    """A status, a date or a usage that cannot be makes the output unverified."""
    assert complete(shown())
    assert not complete(shown(**changed))
