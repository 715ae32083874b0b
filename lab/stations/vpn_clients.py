"""The VPN clients of a lab, by name: each is there as soon as somebody has it do something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from ..asa.box import AsaBox
from ..core.errors import LabError, nearest
from .phone import Phone, read_profile
from .secure_client import EapLogin, SecureClient
from .vpn_client import Login, VpnClient

if TYPE_CHECKING:
    from ..core.box import Box
    from ..core.wire.network import Network

#: What each action takes; a `?` may be left out.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "connect": ("host", "group", "key", "user?", "password?"),
    "connect-secure": ("host", "user", "password"),
    "suspend": (),
    "resume": (),
    "send": ("to", "count?"),
    "idle": ("seconds",),
    "disconnect": (),
    "status": (),
    "phone": ("host", "xml", "model?"),
}
#: Addresses that the provider gives to clients at home: a network for documentation (RFC 5737).
FIRST = IPv4Address("203.0.113.201")
Find = Callable[[str], "Box"]


class VpnClients:
    """All of one lab."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.named: dict[str, VpnClient | SecureClient] = {}

    def of(self, name: str, kind: type[VpnClient] | type[SecureClient] | None = None) -> VpnClient | SecureClient:
        """The client of a name; a new one has an address of its own. One that is not connected may be of another kind now."""
        known = self.named.get(name)
        if known is not None and (kind is None or isinstance(known, kind)):
            return known
        if known is not None and (known.connected or known.connecting):
            raise LabError(f"{name} is connected already.")
        address = known.address if known is not None else FIRST + len(self.named)
        made = (kind or VpnClient)(name, address, self.network)
        self.named[name] = self.network.clients[address] = made
        return made

    async def do(self, name: str, action: str, words: Mapping[str, str], find: Find) -> dict[str, Any]:
        """Have a client do something. LabError for what it cannot do."""
        _check(action, words)
        if action == "phone":
            return self._phone(name, words, find)
        if action in ("connect-secure", "suspend", "resume"):
            return await self._secure(name, action, words, find)
        client = self.of(name, VpnClient if action == "connect" else None)
        if action == "connect" and isinstance(client, VpnClient):
            host = host_of(words["host"], find)
            return await client.connect(
                Login(host, words["group"], words["key"], words.get("user", ""), words.get("password", ""))
            )
        if action == "send":
            return await client.send(_address(words["to"]), int(_number("count", words.get("count", "5"))))
        if action == "idle":
            return await client.idle(_number("seconds", words["seconds"]))
        return client.disconnect() if action == "disconnect" else client.told()

    async def _secure(self, name: str, action: str, words: Mapping[str, str], find: Find) -> dict[str, Any]:
        """What only a Secure Client does."""
        client = self.of(name, SecureClient)
        assert isinstance(client, SecureClient)
        if action == "connect-secure":
            return await client.connect(EapLogin(host_of(words["host"], find), words["user"], words["password"]))
        return client.suspend() if action == "suspend" else await client.resume()

    def _phone(self, name: str, words: Mapping[str, str], find: Find) -> dict[str, Any]:
        """An IP phone reads its file and connects; it is another one each time, as one that was reset."""
        box = find(words["host"])
        if not isinstance(box, AsaBox):
            raise LabError(f"{words['host']} is no ASA: IP phones connect to none else here.")
        call = Phone(name, words.get("model") or "7962", read_profile(words["xml"]), FIRST + 40).connect(box)
        return {"connected": call.connected, "failed": call.why, "says": "\n".join(call.says)}


def _check(action: str, words: Mapping[str, str]) -> None:
    if action not in ACTIONS:
        raise LabError(f"A VPN client does not {action}.{nearest(action, ACTIONS)}")
    needed = [word for word in ACTIONS[action] if not word.endswith("?")]
    known = [word.rstrip("?") for word in ACTIONS[action]]
    missing, strange = [word for word in needed if not words.get(word)], [word for word in words if word not in known]
    if missing:
        raise LabError(f"A VPN client that is to {action} needs: {', '.join(missing)}.")
    if strange:
        raise LabError(f"A VPN client that is to {action} takes no {strange[0]}.")


def _number(what: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100_000:
        raise LabError(f"{what} is a number from 0 to 100000, not {text}.")
    return found


def _address(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise LabError(f"{text} is no IPv4 address.") from None


def host_of(named: str, find: Find) -> IPv4Address:
    """The address that a client connects to: one that was typed, or that of the interface of a box which has a crypto map."""
    try:
        return IPv4Address(named)
    except ValueError:
        box = find(named)
    bound = (i.address for i in box.meaning.interfaces() if i.crypto_map and i.address is not None)
    outer = (i.address for i in box.meaning.interfaces() if i.address is not None)
    found = next(bound, None) or next(outer, None)
    if found is None:
        raise LabError(f"{named} has no address that a client could connect to.")
    return found
