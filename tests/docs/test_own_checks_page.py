"""The checks that docs/how-to/own-checks.md shows are taken as they stand there."""

from __future__ import annotations

from ruamel.yaml import YAML

from nr_run.checks.own_checks import problems
from nr_run.inventory.intents.own_checks import OwnCheck
from nr_run.inventory.models.platforms import platform_for

from .documents import ROOT, blocks


def test_the_checks_of_the_page_are_taken() -> None:
    """Each check of the example is valid, on the device that it names, and every field of a check is shown in one of them."""
    (block,) = blocks(ROOT / "docs" / "how-to" / "own-checks.md", "yaml")
    written = YAML(typ="safe").load(block)["checks"]
    for given in written:
        assert list(problems(OwnCheck.model_validate(given), {"vpn2611": platform_for("2611", "12.2(8)T")})) == []
    assert {name for given in written for name in given} == set(OwnCheck.model_fields)
