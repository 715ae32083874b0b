"""What the table of families says of a line: which setting it is, and so what another line replaces."""

from __future__ import annotations

import pytest

from nr_run.changes.families import FAMILIES
from nr_run.changes.objects import ConfigObject

SETTINGS = [
    ("ios", "isakmp-policy", "encr aes 256", "encr"),
    ("ios", "isakmp-policy", "lifetime 3600", "lifetime"),
    ("ios", "transform-set", "mode transport", "mode"),
    ("ios", "crypto-map-entry", "set pfs group2", "set pfs"),
    ("ios", "crypto-map-entry", "set peer 192.0.2.1", "set peer 192.0.2.1"),
    ("ios", "crypto-map-entry", "set peer 192.0.2.2", "set peer 192.0.2.2"),
    ("asa", "isakmp-policy", "encr aes-256", "encr"),
    ("asa", "crypto-map-entry", "set pfs", "set pfs"),
    ("asa", "crypto-map-entry", "set pfs group5", "set pfs"),
    ("asa", "crypto-map-entry", "set peer 192.0.2.1", "set peer"),
    ("asa", "crypto-map-entry", "set reverse-route", "set reverse-route"),
    ("asa", "crypto-map-entry", "set security-association lifetime seconds 60", "set security-association lifetime seconds"),
    ("asa", "tunnel-group", "ipsec-attributes: peer-id-validate nocheck", "ipsec-attributes: peer-id-validate nocheck"),
]


@pytest.mark.parametrize(("os", "family", "line", "setting"), SETTINGS)
def test_setting(os: str, family: str, line: str, setting: str) -> None:
    """Lines of one setting replace each other; a line of which there may be many, or that no rule knows, stands for itself."""
    (found,) = (item for item in FAMILIES[os] if item.name == family)
    assert found.setting_of(line) == setting


@pytest.mark.parametrize("os", FAMILIES)
def test_defaults_are_in_one_spelling(os: str) -> None:
    """A default is compared with lines in their one spelling, so it is written so."""
    for family in FAMILIES[os]:
        assert set(family.defaults) == set(ConfigObject(family, "", family.defaults).canonical_children)
