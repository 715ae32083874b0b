"""The devices: a checked Nornir inventory without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import IntentError
from ..models.platforms import KNOWN, Models, Platform, platform_for
from .connection_settings import OVER_SSH, OVER_TELNET
from .host_files import DEFAULTS, GROUPS, HOSTS, check_host_files
from .unknown_host import refuse_unknown
from .yaml_source import Document

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host, Inventory

REQUIRED_DATA = ("model", "release", "username_ref", "password_ref")


def load_nornir(folder: Path, *, workers: int = 20) -> Nornir:
    """Nornir over ``hosts.yaml``, ``groups.yaml`` and ``defaults.yaml`` of a folder, with ``workers`` threads.

    Its logging is left alone; what Nornir logs holds no secret from the first connect on (see tasks/redacting.py).

    Raises IntentError with every problem on a line of its own, as ``file:line: field: what is wrong``.
    """
    from nornir import InitNornir
    from ruamel.yaml.error import YAMLError

    from ..models.models_file import load_models

    models = load_models(folder)
    documents = check_host_files(folder)
    try:
        nornir = InitNornir(
            inventory=_source(folder, documents),
            runner={"plugin": "threaded", "options": {"num_workers": workers}},
            logging={"enabled": False},
        )
    except (ValueError, TypeError):
        # Nornir reads dates in free data as dates, and fails on one that does not exist.
        raise IntentError(f"{folder}: data of a host, a group or the defaults has a date or number that does not exist") from None
    except YAMLError:
        raise IntentError(
            f"{folder}: a tag or sign of a host, a group or the defaults is not Nornir's: quote its value"
        ) from None
    problems = [
        f"{folder / HOSTS}:{documents[HOSTS].line((name,))}: {name}: {problem}"
        for name, host in nornir.inventory.hosts.items()
        for problem in _host_problems(host, models)
    ]
    if problems:
        raise IntentError("\n".join(problems))
    nornir.inventory = _with_models(nornir.inventory, models)
    return nornir


def _source(folder: Path, documents: Mapping[str, Document]) -> dict[str, Any]:
    """Nornir's inventory: what was read, or SimpleInventory, which reads dates, tags and merged keys as we do not."""
    from nornir.core.plugins.inventory import InventoryPluginRegister

    from .read_once import PLUGIN, ReadOnce

    if all(document.plain for document in documents.values()):
        InventoryPluginRegister.register(PLUGIN, ReadOnce)
        data = [documents[name].data if name in documents else {} for name in (HOSTS, GROUPS, DEFAULTS)]
        return {"plugin": PLUGIN, "options": dict(zip(("hosts", "groups", "defaults"), data, strict=True))}
    files = {"host_file": folder / HOSTS, "group_file": folder / GROUPS, "defaults_file": folder / DEFAULTS}
    return {"plugin": "SimpleInventory", "options": {name: str(path) for name, path in files.items()}}


def models_of(nornir: Nornir) -> Models:
    """The models that a loaded inventory knows; those of the table where it was not loaded here."""
    found: Models = getattr(nornir.inventory, "models", KNOWN)
    return found


def _with_models(inventory: Inventory, models: Models) -> Inventory:
    """The same inventory, which goes on knowing its models when it is filtered."""
    from nornir.core.inventory import Inventory

    class Devices(Inventory):
        """Hosts, groups, defaults, and the models that ``platforms.yaml`` adds."""

        def __init__(self, *parts: Any, **more: Any) -> None:
            super().__init__(*parts, **more)
            self.models = models

        def filter(self, *conditions: Any, **more: Any) -> Inventory:
            found = super().filter(*conditions, **more)
            return Devices(found.hosts, found.groups, found.defaults)

    return Devices(inventory.hosts, inventory.groups, inventory.defaults)


def platforms_of(nornir: Nornir) -> dict[str, Platform]:
    """Host name -> what the model and release of the host can do. Raises IntentError as `platform_for` does."""
    models = models_of(nornir)
    return {name: _platform(host, models) for name, host in nornir.inventory.hosts.items()}


def with_endpoints(nornir: Nornir, endpoints: Mapping[str, tuple[str, int]]) -> Nornir:
    """A copy with other addresses: host name -> (address, port).

    Hosts without an endpoint are not in the copy: a rehearsal never reaches a real device. The copy has its own list of failed
    hosts. Raises NothingMatched for a name that is no host.
    """
    from nornir.core import Nornir
    from nornir.core.inventory import Hosts, Inventory
    from nornir.core.state import GlobalState

    inventory = nornir.inventory
    refuse_unknown(endpoints, inventory.hosts)
    hosts = Hosts({name: _moved(inventory.hosts[name], *endpoint) for name, endpoint in endpoints.items()})
    return Nornir(
        inventory=_with_models(Inventory(hosts, inventory.groups, inventory.defaults), models_of(nornir)),
        config=nornir.config,
        data=GlobalState(dry_run=nornir.data.dry_run),
        processors=nornir.processors,
        runner=nornir.runner,
    )


def _moved(host: Host, address: str, port: int) -> Host:
    from nornir.core.inventory import ConnectionOptions, Host, ParentGroups

    options = {}
    for name in {*host.connection_options, *host.defaults.connection_options, *_options_of_groups(host)}:
        was = host.get_connection_parameters(name)
        # Options of a group may name an address, and would win over that of the host.
        options[name] = ConnectionOptions(address, port, was.username, was.password, was.platform, was.extras)
    return Host(
        name=host.name,
        hostname=address,
        port=port,
        username=host.username,
        password=host.password,
        platform=host.platform,
        groups=ParentGroups(host.groups),
        data=dict(host.data),
        connection_options=options,
        defaults=host.defaults,
    )


def _options_of_groups(host: Host) -> set[str]:
    return {name for group in host.extended_groups() for name in getattr(group, "connection_options", {})}


def _host_problems(host: Host, models: Models) -> list[str]:
    data = host.extended_data()
    problems = [f"{key} is missing at the host, in its groups and in the defaults" for key in REQUIRED_DATA if key not in data]
    if not host.hostname:
        problems.append("hostname is missing: where is the device reached?")
    if not problems:
        try:
            platform = _platform(host, models)
        except IntentError as error:
            return [str(error)]
        if not host.platform:
            problems.append(f"platform is missing ({platform.driver} for {platform})")
        elif host.platform not in (known := reaching(platform)):
            problems.append(f"platform is {host.platform}: {platform} is reached by {' or '.join(known)}")
    return problems


def reaching(platform: Platform) -> tuple[str, ...]:
    """What a host of this platform may say for ``platform``: releases without SSH version 2 are reached by telnet only."""
    over_telnet = OVER_TELNET[platform.os]
    return over_telnet if platform.driver in over_telnet else (*OVER_SSH[platform.os], *over_telnet)


def _platform(host: Host, models: Models) -> Platform:
    data = host.extended_data()
    return platform_for(data["model"], data["release"], models)
