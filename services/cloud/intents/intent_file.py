"""Reading ``cloud.yaml``: all connections of an inventory, and one sentence for whatever is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ....inventory.intents.intent import Dpd, Waiver
from ...instances import Instances, load_instances
from ...intent_problems import KEY_IN_CLEAR, FieldWords
from .intent import FILE, SECTION, Bgp, Circuit, Cloud, CloudFile, Esp, Gateway, Ike


class Connections(Instances[Cloud], frozen=True):
    """All connections of an inventory."""

    noun = "connection"

    def check(self, site: Cloud, today: date) -> None:
        """Raises IntentError for a waiver that holds no more."""
        self.refuse_weak(site.name, site.algorithms, site.waiver, today)


def load(folder: Path) -> Connections:
    """The connections of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(Connections, folder / FILE, SECTION, CloudFile, _WORDS.problem)


#: Keys under which people write the key itself.
_LITERAL = frozenset({"key", "psk", "preshared_key", "pre_shared_key", "password", "secret"})
_RECORDS: Mapping[str, type[BaseModel]] = {
    "first": Gateway,
    "second": Gateway,
    "ike": Ike,
    "esp": Esp,
    "circuit": Circuit,
    "bgp": Bgp,
    "dpd": Dpd,
    "waiver": Waiver,
}
#: The console takes one value for each; a list is what other vendors take.
_ONE_VALUE = frozenset({"encryption_algorithm", "authentication_algorithm", "group", "pfs_group"})
#: What is lost either way stands beside the field that has no default.
NO_DEFAULT = {
    "on_total_loss": "is missing, and has no default: open sends in clear when both tunnels are lost, closed drops",
    "on_removal": "is missing, and has no default: open sends in clear once the tunnels are removed, closed drops",
    "encryption_mandatory": "is missing, and has no default: false allows traffic that nobody has encrypted",
}


def _of_field(location: tuple[str | int, ...], detail: Mapping[str, Any]) -> str:
    if location and location[-1] in _ONE_VALUE and isinstance(detail.get("input"), list):
        return "is a list: the console of Alibaba Cloud takes one value"
    return ""


_WORDS = FieldWords(
    file=CloudFile,
    instance=Cloud,
    records=_RECORDS,
    refused=dict.fromkeys(_LITERAL, KEY_IN_CLEAR),
    missing=NO_DEFAULT,
    of_field=_of_field,
)
