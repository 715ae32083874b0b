"""What the objects of a head-end are called on its router, found by looking at the router.

What is ours begins with ``FLEX-``. The IKEv2 policy of the address is used where there is one; a proposal that says the same is
used again; the default proposal and policy, which every other IKEv2 peer may rely on, are never edited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations import tree
from ...changes.device_file import DeviceFile
from ...changes.objects import Config
from ...changes.plans.replacing import NOTHING, Replacing
from ...inventory.errors import ChangeError
from ..common.ikev2_policies import PolicyNames, policy_place
from ..l2l.placing.versions import is_version
from .client_profile import client_profile
from .intent import FlexVpn
from .limits import KEY_ID

OWN, FLASH = "FLEX-", "bootflash:"
FIRST_TEMPLATE, HIGHEST_TEMPLATE = 10, 4096
#: So many users are named.
_FEW = 5
_TEMPLATE = re.compile(r"interface Virtual-Template(?P<number>\d+)(?: .*)?")
_NAMED = re.compile(r"(?:.* )?virtual-template (?P<number>\d+)(?: .*)?")
_LISTS = (("authentication login", "authentication_list", "USERS"), ("authorization network", "authorization_list", "GROUPS"))


class HeadEndNames(Struct, frozen=True):
    """Names on one router, with a sentence for each decision. A list that ``is_ours`` is written, another is used as it is."""

    own: str
    policy: PolicyNames
    users_list: str
    users_list_is_ours: bool
    groups_list: str
    groups_list_is_ours: bool
    template: int
    file: str
    #: The pool, and the list of networks: of our name, or of a later version of it.
    pool: str
    listed: str
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


def own_name(wanted: FlexVpn) -> str:
    """What its objects are called."""
    return f"{OWN}{wanted.name}"


def files_of(wanted: FlexVpn) -> Iterator[DeviceFile]:
    """The profile of the clients on the flash, named by its content: another content is another file. None without one."""
    if wanted.client_profile is not None:
        text = client_profile(wanted)
        digest = DeviceFile("", text).md5
        yield DeviceFile(f"{FLASH}{own_name(wanted)}-{digest[:10]}.xml", text)


def draft(wanted: FlexVpn) -> HeadEndNames:
    """Names before the router is known."""
    own, ike = own_name(wanted), wanted.ike
    parts = (*ike.encryption, *(word.removeprefix("hmac-") for word in ike.integrity), *map(str, ike.groups))
    return HeadEndNames(
        own,
        PolicyNames(f"NR-{'-'.join(parts)}", f"NR-{wanted.outside_ip}"),
        wanted.authentication_list or f"{own}-USERS",
        wanted.authentication_list is None,
        wanted.authorization_list or f"{own}-GROUPS",
        wanted.authorization_list is None,
        wanted.virtual_template or FIRST_TEMPLATE,
        next((file.url for file in files_of(wanted)), ""),
        own,
        own,
    )


def refuse_unfit(wanted: FlexVpn, running: str, config: Config) -> None:
    """Raises ChangeError where the router has something in the way. Asked of it as it is before the first stage."""
    names, nodes = draft(wanted), tree.parse(running)
    _refuse_bare_box(wanted, config)
    _refuse_other_profiles(wanted, names, nodes)
    _refuse_users(wanted, names, config)
    _refuse_pool(wanted, names, config)


def allocate(wanted: FlexVpn, offer: Collection[str], running: str, config: Config) -> HeadEndNames:
    """Names that are free, or ours already; ``offer`` are the lines of the proposal. Raises ChangeError."""
    names, nodes = draft(wanted), tree.parse(running)
    policy, said = policy_place(wanted.host, wanted.outside_ip, names.policy, offer, [names.own], nodes)
    names, on_lists = _lists(wanted, names, nodes)
    template = _template(wanted, names, nodes)
    on_users = (*_on_users(wanted, config), *(_besides(wanted, names, nodes) if names.users_list_is_ours else ()))
    said = (*said, *on_lists, *on_users)
    return replace(names, policy=policy, template=template, decisions=said)


def _refuse_bare_box(wanted: FlexVpn, config: Config) -> None:
    if config.get("aaa-new-model") is None:
        raise ChangeError(
            f"{wanted.host}: it has no 'aaa new-model', which changes every login of the device, the console too; put it there "
            "with the lists for its own logins first, and see that you can still log in"
        )


def _refuse_other_profiles(wanted: FlexVpn, names: HeadEndNames, nodes: Sequence[tree.Node]) -> None:
    """All Secure Clients call themselves the same, so one profile takes them all."""
    for node in tree.starting(nodes, "crypto ikev2 profile"):
        if node.line.split()[-1] == names.own:
            continue
        if f"match identity remote key-id {KEY_ID}" in node.children or "match identity remote any" in node.children:
            raise ChangeError(
                f"{wanted.host}: {node.line!r} takes Secure Clients already, and which profile gets one is not certain"
            )


def _refuse_users(wanted: FlexVpn, names: HeadEndNames, config: Config) -> None:
    there = config.get("ikev2-profile", names.own)
    for user in wanted.users:
        other = next((node.line for node in config.others if node.line.startswith(f"username {user.name} ")), "")
        if other or (there is None and config.get("user", user.name)):
            raise ChangeError(
                f"{wanted.host}: user {user.name} exists already, and may belong to somebody who logs in to the device itself: "
                "give the VPN user another name"
            )


def _on_users(wanted: FlexVpn, config: Config) -> Iterator[str]:
    for user in wanted.users:
        if config.get("user", user.name):
            yield f"user {user.name} is there: the router shows no password, so whether it is this one is not compared"


def _besides(wanted: FlexVpn, names: HeadEndNames, nodes: Sequence[tree.Node]) -> Iterator[str]:
    """Whom else a list of local users lets in: everybody whom the router knows, and who has left the intent too."""
    asked = {user.name for user in wanted.users}
    others = [name for node in tree.starting(nodes, "username") if (name := node.line.split()[1]) not in asked]
    if others:
        few = ", ".join(others[:_FEW]) + (f" and {len(others) - _FEW} more" if len(others) > _FEW else "")
        yield (
            f"list {names.users_list} is of local users, so whoever the router knows may connect as well: {few}; one who has "
            "left the intent is removed by a person"
        )


def _refuse_pool(wanted: FlexVpn, names: HeadEndNames, config: Config) -> None:
    """An address of two pools would be given twice, and a session would prove another head-end."""
    for pool in config.of("address-pool"):
        first = IPv4Address(pool.groups["first"])
        last = IPv4Address(pool.groups.get("last") or first)
        if not is_version(pool.groups["name"], names.own) and first <= wanted.pool.last and wanted.pool.first <= last:
            raise ChangeError(f"{wanted.host}: the pool of {wanted.name} overlaps {pool.title}, {first} to {last}")


def _lists(wanted: FlexVpn, names: HeadEndNames, nodes: Sequence[tree.Node]) -> tuple[HeadEndNames, tuple[str, ...]]:
    """A list that the intent names has to be there, and is used as it is: made under that name, nobody could tell it later."""
    said: list[str] = []
    ours: dict[str, bool] = {}
    for kind, field, _ in _LISTS:
        called = getattr(wanted, field)
        there = next((node.line for node in nodes if called and node.line.startswith(f"aaa {kind} {called} ")), "")
        if called and not there:
            raise ChangeError(f"{wanted.host}: there is no 'aaa {kind} {called}': put it there, or leave {field} out")
        said += [f"{there!r} is there and is used as it is"] if there else []
        ours[field] = not there
    return replace(names, users_list_is_ours=ours["authentication_list"], groups_list_is_ours=ours["authorization_list"]), tuple(
        said
    )


def template_of(own: str, nodes: Sequence[tree.Node]) -> int | None:
    """The number of the virtual template that is ours: the one that our IPsec profile protects."""
    for node in nodes:
        match = _TEMPLATE.fullmatch(node.line)
        if match and f"tunnel protection ipsec profile {own}" in node.children:
            return int(match["number"])
    return None


def _template(wanted: FlexVpn, names: HeadEndNames, nodes: Sequence[tree.Node]) -> int:
    ours = template_of(names.own, nodes)
    if ours is not None:
        if wanted.virtual_template not in (None, ours):
            raise ChangeError(
                f"{wanted.host}: {names.own} has Virtual-Template{ours}, and the intent says {wanted.virtual_template}: a clone "
                f"is of one of them; nr-run remove-flexvpn {wanted.name}, then nr-run deploy-flexvpn {wanted.name}"
            )
        return ours
    own = f"crypto ikev2 profile {names.own}"
    lines = [node.line for node in nodes] + [line for node in nodes if node.line != own for line in node.children]
    taken = {int(match["number"]) for line in lines for match in (_TEMPLATE.fullmatch(line), _NAMED.fullmatch(line)) if match}
    if wanted.virtual_template is not None:
        if wanted.virtual_template in taken:
            raise ChangeError(
                f"{wanted.host}: Virtual-Template{wanted.virtual_template} is somebody's already: give another number"
            )
        return wanted.virtual_template
    free = next((number for number in range(FIRST_TEMPLATE, HIGHEST_TEMPLATE + 1) if number not in taken), None)
    if free is None:
        raise ChangeError(f"{wanted.host}: there is no free number for a virtual template")
    return free
