"""What is wanted: ``watchlists.yaml`` of an inventory folder."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML, YAMLError

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.inventory.files.did_you_mean import hint
from nr_run.inventory.intents.own_checks import OwnCheck


class WatchList(BaseModel):
    """Networks that are watched on some routers. ``ready``: a second list follows when the first is whole everywhere.

    ``for_end``: the address of an end that is not ours and that the list is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[A-Z][A-Z0-9-]{0,30}$")
    routers: tuple[str, ...] = Field(min_length=1)
    networks: tuple[IPv4Network, ...] = Field(min_length=1)
    ready: bool = False
    #: Entries that the first list must have before the second one may follow.
    at_least: int = 1
    for_end: IPv4Address | None = None
    checks: tuple[OwnCheck, ...] = ()


def load(folder: Path) -> dict[str, WatchList]:
    """The lists by name. Raises IntentError."""
    path = folder / "watchlists.yaml"
    if not path.exists():
        return {}  # an inventory without lists is none that is wrong
    try:
        data = YAML(typ="safe").load(path)
        lists = [WatchList.model_validate(item) for item in (data or {}).get("lists", [])]
    except OSError:
        raise IntentError(f"{path} is not there") from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise IntentError(f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
    except (YAMLError, AttributeError):
        raise IntentError(f"{path} is no mapping with a list of lists") from None
    return {item.name: item for item in lists}


def named(name: str, lists: dict[str, WatchList]) -> WatchList:
    """One of them. Raises NothingMatched with the nearest name."""
    if name not in lists:
        raise NothingMatched(f"no list is named {name!r}{hint(name, lists)}")
    return lists[name]
