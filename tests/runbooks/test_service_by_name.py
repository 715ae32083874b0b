"""One command for all services: which of them has the name, and one sentence where that is not clear."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import ChangeError, NothingMatched, UsageError
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.engine.plans.service_by_name import service_by_name
from nr_run.services.registry import declared

INVENTORY = Path(__file__).parents[2] / "inventory"


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, in which a site and a tunnel have one name."""
    folder = tmp_path_factory.mktemp("by-name") / "inventory"
    shutil.copytree(INVENTORY, folder)
    zia = folder / "zia.yaml"
    zia.write_text(zia.read_text().replace("name: shop", "name: lisbon"))
    return folder


@pytest.mark.parametrize(
    ("names", "service"), [(["hq-branch"], "l2l"), (["shop"], "zia"), (["hangzhou"], "cloud"), (["hubs", "oslo"], "l2l")]
)
def test_the_service_that_has_the_name(names: list[str], service: str) -> None:
    """It is found in the inventory, and several names of one service are one run."""
    assert service_by_name(names, INVENTORY).name == service


def test_a_name_of_two_services(inventory: Path) -> None:
    """It is asked which is meant, with both ways to say it; said, only that service is looked at."""
    with pytest.raises(UsageError) as told:
        service_by_name(["lisbon"], inventory)
    assert "say which, --service l2l or --service zia" in str(told.value)
    assert service_by_name(["lisbon"], inventory, "zia").name == "zia"
    assert service_by_name(["lisbon"], inventory, able=lambda name: name == "l2l").name == "l2l"


def test_names_of_two_services() -> None:
    """A run is of one service: the sentence says which is what."""
    with pytest.raises(UsageError, match="hq-branch is a tunnel, shop is a site: a run is of one kind"):
        service_by_name(["hq-branch", "shop"], INVENTORY)


def test_a_name_that_nothing_has() -> None:
    """The nearest of all services is said, or of the one that is named."""
    with pytest.raises(NothingMatched, match=r"no service has 'shopp'.*did you mean shop"):
        service_by_name(["shopp"], INVENTORY)
    with pytest.raises(NothingMatched, match="hq-branch"):
        service_by_name(["hq-branc"], INVENTORY, "l2l")


def test_a_key_that_another_service_has_too(inventory: Path, tmp_path: Path) -> None:
    """The rotation of a tunnel's key does not take it from a site under it: refused before any device is asked."""
    zia = inventory / "zia.yaml"
    zia.write_text(zia.read_text().replace("credential:zia-shop", "credential:hq-branch-psk"))
    places = ["--inventory", str(inventory), "--runs", str(tmp_path / "runs")]
    done = CliRunner().invoke(cli, ["rotate-psk", "hq-branch", "--plan", *places])
    assert "credential:hq-branch-psk is the key of a site too" in str(done.exception)
    assert isinstance(done.exception, ChangeError)


def test_what_is_not_able_is_given_where_nothing_else_has_the_name() -> None:
    """The caller says why it cannot: a client group has a key that is not rotated."""
    found = service_by_name(["staff"], INVENTORY, able=lambda name: name in declared().rotating)
    assert (found.name, found.rotates) == ("ra", None)
