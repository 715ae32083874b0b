"""The first stage: the routers at the other end of the map's tunnels are not asked for a user when clients are.

A map asks all its peers or none, and a key with ``no-xauth`` exempts its peer (12.2 command reference, crypto isakmp key). It
is a stage of its own, so that the keys are ready before the map asks, and stay so until it asks no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ...changes.configurations.configuration import Configuration
from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.replacing import NOTHING, Replacing
from ...checks.finding import Evidence, Finding, Status
from ...inventory.errors import ChangeError
from ...inventory.models.platforms import Platform
from ...templates.environment import fill
from ..service import Member, Seen, Site
from .intent import RemoteAccess

RUNNING = "show running-config"


class Exempted(Struct, frozen=True):
    """Keys that get ``no-xauth``: each as a token, with its peer."""

    keys: tuple[tuple[str, str], ...]
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


class Exempt(Struct, frozen=True):
    """The feature: ``no-xauth`` on the keys that lack it. Nothing where the map has no tunnels, or asks already."""

    name: str = "no-xauth"
    families: tuple[str, ...] = ("isakmp-key",)

    def draft(self, site: Site[RemoteAccess]) -> Exempted:
        """The same keys: they are the router's own."""
        return self.names(site, Config({}, ()), read(site.platform.os, site.running))

    def names(self, site: Site[RemoteAccess], wanted: Config, running: Config) -> Exempted:  # noqa: ARG002 - nothing is named
        """The keys. Raises ChangeError for one that serves others as well, or whose text is not known."""
        group = site.member.wants
        bound = running.get("crypto-map-binding", group.interface)
        asks = bound and running.get("crypto-map-setting", bound.map_name, "client authentication list")
        found = {item.key: item for item in _lacking(group, bound.map_name, running)} if bound and not asks else {}
        said = (f"{item.title} gets no-xauth: its router is not asked for a user, as it is not now" for item in found.values())
        keys = tuple((item.groups["key"], item.groups["peer"]) for item in found.values())
        return Exempted(keys, tuple(said), Replacing(frozenset(found)))

    def text(self, site: Site[RemoteAccess], names: Exempted) -> str:  # noqa: ARG002 - the same on every platform
        """The keys as they have to be."""
        return fill("ios/ra_no_xauth.j2", keys=names.keys)


def _lacking(group: RemoteAccess, crypto_map: str, running: Config) -> Iterator[ConfigObject]:
    for place, peer in peers_of(crypto_map, running):
        key = running.key_of(peer)
        if key is not None and key.groups.get("xauth"):
            continue
        if key is None or key.groups.get("mask") or " key 6 " in key.header:
            raise ChangeError(
                f"{group.host}: the router at {peer} (entry {place} of {crypto_map}) would be asked for a user, and its tunnel "
                "would not come up again: give it a key of its own with no-xauth first"
            )
        yield key


def peers_of(crypto_map: str, running: Config) -> Iterator[tuple[str, str]]:
    """Place and peer of every static entry."""
    for entry in running.of("crypto-map-entry"):
        if entry.groups["map"] == crypto_map:
            yield from ((entry.groups["sequence"], peer) for peer in entry.peers)


class NobodyAsked(Struct, frozen=True):
    """The gate: every router of a tunnel has a key with ``no-xauth``, or the map asks nobody."""

    group: RemoteAccess

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """The whole configuration."""
        return (RUNNING,)

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """A finding for the router. Raises NotKnown for a configuration that is not whole."""
        return tuple(self._judge(item, removed) for item in seen)

    def _judge(self, seen: Seen, removed: bool) -> Finding:
        host = seen.member.host
        running = Configuration(host, seen.platform.os, RUNNING, seen.outputs[RUNNING]).objects
        bound = running.get("crypto-map-binding", self.group.interface)
        name = bound.map_name if bound else ""
        asks = running.get("crypto-map-setting", name, "client authentication list") is not None
        keys = [(peer, running.key_of(peer)) for _, peer in peers_of(name, running)]
        lacking = [peer for peer, key in keys if key is None or not key.groups.get("xauth")]
        bad = lacking if asks or not removed else []
        words = f"the router at {bad[0]} is asked for a user" if bad else "no router of a tunnel is asked for a user"
        evidence = (Evidence(host, RUNNING, "keys without no-xauth", ", ".join(lacking) or "none", seen.time),)
        return Finding("no-xauth", host, Status.FAILED if bad else Status.OK, words, evidence)
