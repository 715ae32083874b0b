"""What the table of families says of a line: which setting it is, and so what another line replaces."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from msgspec import NODEFAULT
from msgspec.structs import asdict

import nr_run.changes
from nr_run.changes.families import FAMILIES, RANKS
from nr_run.changes.family import Family
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


REQUIRED = ("shared", "touches", "key_of", "peers_of", "ike", "named_in")


@pytest.mark.parametrize("field", REQUIRED)
def test_what_a_family_has_to_say_cannot_be_left_out(field: str) -> None:
    """A family that does not say who shares it, what it touches or whose key it holds is an error when the table loads."""
    given = asdict(FAMILIES["ios"][0])
    assert Family(**given) == FAMILIES["ios"][0]
    del given[field]
    with pytest.raises(TypeError, match=field):
        Family(**given)


def test_no_field_that_speaks_for_others_has_a_default() -> None:
    """The fields that must be said are those, and none of them has got a default since."""
    names, defaults = Family.__struct_fields__, Family.__struct_defaults__
    given = dict(zip(reversed(names), reversed(defaults), strict=False))
    must = {name for name in names if given.get(name, NODEFAULT) is NODEFAULT}
    assert must == {"name", "sentence", "header", "identity", "opens", *REQUIRED}


@pytest.mark.parametrize("os", FAMILIES)
def test_the_order_of_a_table_is_the_order_of_dependence(os: str) -> None:
    """What is named is built before what names it, and taken away after it; families of one table have names of their own."""
    names = [family.name for family in FAMILIES[os]]
    assert len(set(names)) == len(names)
    for family in FAMILIES[os]:
        for reference in family.references:
            for other in filter(None, (reference.family, reference.or_family)):
                assert RANKS[os][other] <= RANKS[os][family.name], (family.name, other)


def test_no_module_beside_the_table_knows_a_family_by_name() -> None:
    """What is special about a family is said in its own record, so that no other module of changes/ asks for its name."""
    folder = Path(nr_run.changes.__file__).parent
    known = {family.name for families in FAMILIES.values() for family in families}
    found = {
        (path.name, node.value)
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    }
    assert found == set()


@pytest.mark.parametrize("os", FAMILIES)
def test_expressions_of_children_fit_one_line_in_a_spelling(os: str) -> None:
    """A row that takes a line away, or makes two of one, leaves lines that its own family knows."""
    for family in FAMILIES[os]:
        for default in (*family.defaults, *family.shown_first):
            assert all(re.fullmatch(r"\S.*", line) for line in family.spell(default))
