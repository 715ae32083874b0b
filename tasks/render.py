"""Render the desired configuration of one end of a tunnel, on names and numbers that the box has free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nornir.core.task import Result, Task
from nornir_jinja2.plugins.tasks import template_file

from ..changes import tree
from ..changes.allocate import Allocation, allocate, draft
from ..changes.nameif import find_interface
from ..changes.objects import read, read_desired
from ..inventory.errors import ChangeError
from ..inventory.intent import End, IKEProposal, IPSecProposal, Tunnel
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

    Rendered twice: with draft names to learn what is wanted, then with the names that the box has free. Raises
    ChangeError when the box has no safe place for the tunnel, or its IKE version has no template.
    """
    template = template_for(ike_version, platform)
    own_names = names_on(platform, end, running)

    def text(names: Allocation) -> str:
        result = task.run(
            template_file,
            template=template,
            path=str(FOLDER),
            jinja_filters=FILTERS,
            end=end,
            ike=ike,
            ipsec=ipsec,
            pfs_group=pfs_group,
            key=key,
            names=names,
            group_policy=f"NR-{tunnel.name}",
            bare_pfs_group=platform.bare_pfs_group,
            **own_names,
        )
        return str(result.result)

    os = platform.os
    wanted = read_desired(os, text(draft(tunnel.name, end, tunnel.dpd)))
    here, interface = read(os, running), own_names.get("nameif")
    names = allocate(tunnel.name, end, tunnel.dpd, wanted, here, approved_sequence=approved_sequence, interface=interface)
    rendered: Any = text(names)
    return Result(host=task.host, result=(rendered, names))


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
