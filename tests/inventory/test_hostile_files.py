"""Any value in the place of any other, in every file of the intent: one sentence with file and line, and nothing is quoted that
may be a secret."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.intent_files import load_intent
from nr_run.services.cloud.intents import intent_file as cloud
from nr_run.services.flexvpn import intent as flexvpn
from nr_run.services.phones import intent as phones
from nr_run.services.ra import intent as clients
from nr_run.services.zia import intent as zia

INVENTORY = Path(__file__).parents[2] / "inventory"
Place = tuple[str | int, ...]


def _tunnels(folder: Path) -> object:
    return load_intent(folder / "vpn")


LOADERS: dict[str, Callable[[Path], object]] = {
    "zia.yaml": zia.load,
    "cloud.yaml": cloud.load,
    "remote-access.yaml": clients.load,
    "flexvpn.yaml": flexvpn.load,
    "vpn-phones.yaml": phones.load,
    "vpn/hq-branch.yaml": _tunnels,
    "vpn/cryptography.yaml": _tunnels,
    "vpn/partner.yaml": _tunnels,
}
SECRET = "hunter22hunter"
VALUES: tuple[object, ...] = (
    *(None, "", [], {}, 0, -1, True, 1.5, "x" * 5000, [["a"]], ["a"], 10**30, "a\nb", "\u202e"),
    *("2001:db8::1", "0.0.0.0", "dynamic", "10.0.0.1/33", "::/0"),
)
#: A sentence for a person, after the place.
LONGEST = 420


def plain(data: Any) -> Any:
    """As JSON has it, with one record of each section."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data[:2]]
    return str(data) if isinstance(data, date) else data


def places(data: Any, above: Place = ()) -> Iterator[Place]:
    """Every field and every item."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*above, key)
        yield from places(value, (*above, key))


def with_value(data: Any, place: Place, value: object) -> Any:
    """A copy in which one part is another."""
    made = copy.deepcopy(data)
    within = made
    for key in place[:-1]:
        within = within[key]
    within[place[-1]] = value
    return made


@pytest.mark.parametrize("name", LOADERS)
def test_a_wrong_value_is_a_sentence_with_its_place(tmp_path: Path, name: str) -> None:
    """A mapping with a secret in it, and another of the wrong values, in each place: refused or taken, and told well."""
    data = {key: plain(value)[:1] if isinstance(value, list) else value for key, value in _read(name).items()}
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    for number, place in enumerate(places(data)):
        for value in ({"key": SECRET}, VALUES[number % len(VALUES)]):
            path.write_text(json.dumps(with_value(data, place, value)))
            lines = refusal(name, tmp_path)
            assert all(line.startswith(f"{path}:") for line in lines), (place, value, lines)
            assert max(map(len, lines), default=0) < len(str(path)) + LONGEST, (place, value, lines)
            assert not any(SECRET in line for line in lines), (place, value)


def refusal(name: str, folder: Path) -> list[str]:
    """What speaks against a file; nothing where it is taken."""
    try:
        LOADERS[name](folder)
    except IntentError as refused:
        return str(refused).splitlines()
    return []


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load((INVENTORY / name).read_text())
    return read
