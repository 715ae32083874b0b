"""Render the desired configuration of one end of a tunnel, on names and numbers that the box has free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nornir.core.task import Result, Task
from nornir_jinja2.plugins.tasks import template_file

from ..changes import tree
from ..changes.allocate import Allocation, allocate, draft
from ..changes.nameif import find_interface
from ..changes.objects import read, read_desired
from ..inventory.errors import ChangeError
from ..inventory.intent import Dpd, End, IKEProposal, IPSecProposal, Tunnel
from ..inventory.platforms import Platform
from ..templates.words import FILTERS, FOLDER

_IOS = "ios/l2l_ikev1_crypto_map.j2"
#: The template of a crypto map tunnel, by IKE version and by the generation that a device belongs to.
TEMPLATES: Mapping[tuple[int, str], str] = {
    (1, "ios-12.2"): _IOS,
    (1, "ios-12.4"): _IOS,
    (1, "ios-15"): _IOS,
    (1, "asa-8.0"): "asa/l2l_ikev1_crypto_map_82.j2",
    (1, "asa-8.4"): "asa/l2l_ikev1_crypto_map_84.j2",
}


def template_for(ike_version: int, platform: Platform) -> str:
    """The template that writes this IKE version on this platform. Raises ChangeError where there is none."""
    try:
        return TEMPLATES[ike_version, platform.output]
    except KeyError:
        raise ChangeError(f"a tunnel with IKEv{ike_version} cannot be written for {platform} yet") from None


@cache
def environment() -> Environment:
    """Jinja's environment, one for the process: a template is compiled once, not for each end of each tunnel."""
    made = Environment(  # noqa: S701 - Cisco configuration, not HTML
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, auto_reload=False
    )
    made.filters.update(FILTERS)
    return made


def render(
    task: Task,
    tunnel: Tunnel,
    end: End,
    platform: Platform,
    ike: IKEProposal,
    ipsec: IPSecProposal,
    pfs_group: int | None,
    key: str,
    running: str,
    ike_version: int,
    approved_sequence: int | None = None,
) -> Result:
    """Nornir task. ``result`` is (desired configuration, Allocation); ``key`` is the token of the pre-shared key.

    Raises ChangeError when the box has no safe place for the tunnel, or its IKE version has no template.
    """

    def write(template: str, **words: Any) -> str:
        return str(task.run(template_file, template=template, jinja_env=environment(), **words).result)

    wanted = Wanted(tunnel.name, end, platform, ike, ipsec, pfs_group, tunnel.dpd, key, ike_version)
    made: Any = desired(wanted, running, write, approved_sequence)
    return Result(host=task.host, result=made)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one end of a tunnel is rendered from, beside the names that the box has free."""

    name: str
    end: End
    platform: Platform
    ike: IKEProposal
    ipsec: IPSecProposal
    pfs_group: int | None
    dpd: Dpd | None
    key: str
    ike_version: int = 1


def desired(
    wanted: Wanted, running: str, write: Callable[..., str], approved_sequence: int | None = None
) -> tuple[str, Allocation]:
    """The desired configuration and the names in it; ``write`` fills a template, by its name, with words.

    Filled twice: with draft names to learn what is wanted, then with the names that the box has free.
    """
    template = template_for(wanted.ike_version, wanted.platform)
    own_names = names_on(wanted.platform, wanted.end, running)

    def text(names: Allocation) -> str:
        return write(
            template,
            end=wanted.end,
            ike=wanted.ike,
            ipsec=wanted.ipsec,
            pfs_group=wanted.pfs_group,
            key=wanted.key,
            names=names,
            group_policy=f"NR-{wanted.name}",
            bare_pfs_group=wanted.platform.bare_pfs_group,
            **own_names,
        )

    os, name, end, dpd = wanted.platform.os, wanted.name, wanted.end, wanted.dpd
    objects = read_desired(os, text(draft(name, end, dpd)))
    here, interface = read(os, running), own_names.get("nameif")
    names = allocate(name, end, dpd, objects, here, approved_sequence=approved_sequence, interface=interface)
    return text(names), names


def names_on(platform: Platform, end: End, running: str) -> dict[str, str]:
    """What a template needs of the device's own names: on an ASA the ``nameif`` of the outside interface.

    Raises ChangeError where the interface is not there or has no name.
    """
    if platform.os != "asa":
        return {}
    local = end.local
    found = find_interface(tree.parse(running), local.interface)
    if found is None or found.nameif is None:
        state = "has no nameif" if found else "is not there"
        raise ChangeError(f"{local.host}: interface {local.interface} {state}, and an ASA binds a crypto map to a nameif")
    return {"nameif": found.nameif}
