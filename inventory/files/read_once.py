"""Make Nornir's inventory of files that were read already, equal to what SimpleInventory makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    HostOrGroup,
    Hosts,
    Inventory,
    ParentGroups,
)

#: The name under which Nornir knows it.
PLUGIN = "nr-run-read-once"


class ReadOnce:
    """An inventory plug-in of Nornir over the data of ``hosts.yaml``, ``groups.yaml`` and ``defaults.yaml``, as checked."""

    def __init__(self, hosts: Mapping[str, Any], groups: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        # Whoever works with the hosts may change their data, and others read the same files.
        self.hosts, self.groups, self.defaults = deepcopy((hosts, groups, defaults))

    def load(self) -> Inventory:
        """A new inventory, its groups linked."""
        common = self.defaults
        defaults = Defaults(
            **{key: common.get(key) for key in ("hostname", "port", "username", "password", "platform", "data")},
            connection_options=_options(common),
        )
        groups = Groups({name: _element(Group, name, data, defaults) for name, data in self.groups.items()})
        hosts = Hosts({name: _element(Host, name, data, defaults) for name, data in self.hosts.items()})
        for elements, source in ((groups, self.groups), (hosts, self.hosts)):
            for name, element in elements.items():
                element.groups = ParentGroups([groups[parent] for parent in source[name].get("groups") or []])
        return Inventory(hosts=hosts, groups=groups, defaults=defaults)


def _element(kind: type[HostOrGroup], name: str, data: Mapping[str, Any], defaults: Defaults) -> HostOrGroup:
    said = {key: data.get(key) for key in ("hostname", "port", "username", "password", "platform", "data")}
    return kind(name=name, **said, connection_options=_options(data), defaults=defaults)


def _options(data: Mapping[str, Any]) -> dict[str, ConnectionOptions]:
    keys = ("hostname", "port", "username", "password", "platform", "extras")
    return {
        name: ConnectionOptions(**{key: option.get(key) for key in keys})
        for name, option in data.get("connection_options", {}).items()
    }
