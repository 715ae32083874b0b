"""The gate: a client has connected with an address of the pool, and its packets are counted both ways.

Nothing that a router shows of itself proves that a client can connect, so without one it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...checks.finding import Evidence, Finding, Status
from ...inventory.models.platforms import Platform
from ...parsers import parse
from ...parsers.records.ipsec import IpsecFlow
from ..service import Member, Seen
from .intent import RemoteAccess

RUNNING, IKE, IPSEC = "show running-config", "show crypto isakmp sa", "show crypto ipsec sa"


class _Sas(Struct, frozen=True):
    """What a router has of clients: addresses with a phase 1, flows with SAs, and those of them that carry packets both ways."""

    phase_1: frozenset[str]
    flows: tuple[IpsecFlow, ...]
    working: tuple[IpsecFlow, ...]


class ClientSession(Struct, frozen=True):
    """What has to be seen of a group."""

    group: RemoteAccess

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """The whole configuration, and the SAs."""
        return (RUNNING, IKE, IPSEC)

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Is the group there, or gone, and is a client. Raises NotKnown for a configuration that is not whole."""
        return tuple(finding for item in seen for finding in (self._configured(item, removed), self._session(item, removed)))

    def later(self, proved: Sequence[Seen], seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """As `judge`; a client that was verified and has hung up since is no objection. Raises NotKnown as `judge` does."""
        return tuple(
            finding
            for then, item in zip(proved, seen, strict=True)
            for finding in (self._configured(item, removed=False), self._left(then, item) or self._session(item, removed=False))
        )

    def decided(self, seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """As `judge`; that a client connects was verified before, so that none is connected is told, and no objection.

        Raises NotKnown as `judge` does.
        """
        return tuple(
            finding
            for item in seen
            for finding in (self._configured(item, removed=False), _once_proved(self._session(item, removed=False)))
        )

    def _left(self, proved: Seen, seen: Seen) -> Finding | None:
        """OK for a session that was verified and ended in order: no SA of either phase is left of it.

        A router deletes both phases when a client says good-bye; its row of phase 1 stays, as deleted, for about a minute. What
        merely broke leaves the other phase behind until a lifetime ends.
        """
        then, now = self._sas(proved), self._sas(seen)
        if then is None or now is None or not then.working or now.flows:
            return None
        flow = then.working[0]
        if str(flow.peer) in now.phase_1:
            return None
        words = f"a client at {flow.peer} had {flow.remote_ident.network} of the pool and sent, and has hung up since"
        return Finding("client-session", seen.member.host, Status.OK, words, tuple(self._evidence(seen, ())))

    def _sas(self, seen: Seen) -> _Sas | None:
        """What is there of clients; None where a line of it was not understood."""
        ike, ipsec = (parse(seen.platform.os, command, seen.outputs[command]) for command in (IKE, IPSEC))
        if not (ike.complete and ipsec.complete):
            return None
        rows = [row for row in ike.state if not row.deleted]
        up = frozenset(str(address) for row in rows if row.state == "QM_IDLE" for address in (row.dst, row.src))
        flows = tuple(flow for flow in ipsec.state if self._is_clients(flow) and flow.current_outbound_spi)
        return _Sas(
            phase_1=frozenset(str(address) for row in rows for address in (row.dst, row.src)),
            flows=flows,
            working=tuple(
                flow for flow in flows if str(flow.peer) in up and flow.decapsulated_packets and flow.encapsulated_packets
            ),
        )

    def _configured(self, seen: Seen, removed: bool) -> Finding:
        host, name = seen.member.host, self.group.name
        running = Configuration(host, seen.platform.os, RUNNING, seen.outputs[RUNNING])
        there = running.objects.get("client-group", name) is not None
        evidence = (Evidence(host, RUNNING, f"client group {name}", "there" if there else "not there", seen.time),)
        words = f"client group {name} is {'configured' if there else 'not there'}"
        return Finding("client-group", host, Status.OK if there is not removed else Status.FAILED, words, evidence)

    def _session(self, seen: Seen, removed: bool) -> Finding:
        host = seen.member.host
        sas = self._sas(seen)
        if sas is None:
            shown = (parse(seen.platform.os, command, seen.outputs[command]) for command in (IKE, IPSEC))
            unread = next(one.problems[0] for one in shown if not one.complete)
            words = f"whether a client is connected is not known: line {unread.line} was not understood"
            return Finding("client-session", host, Status.UNVERIFIED, words)
        flows = sas.flows
        evidence = tuple(self._evidence(seen, flows))
        if removed:
            words = "no client has an address of the pool"
            if flows:
                words = f"a client still has {flows[0].remote_ident.network}, until its session ends or somebody clears it"
            return Finding("client-session", host, Status.WARNING if flows else Status.OK, words, evidence)
        if sas.working:
            flow = sas.working[0]
            words = (
                f"a client at {flow.peer} has {flow.remote_ident.network} of the pool, and sends: "
                f"{flow.decapsulated_packets} packets in, {flow.encapsulated_packets} out"
            )
            return Finding("client-session", host, Status.OK, words, evidence)
        return Finding("client-session", host, Status.UNVERIFIED, self._not_proved(flows), evidence)

    def _is_clients(self, flow: IpsecFlow) -> bool:
        network = flow.remote_ident.network
        return network.prefixlen == network.max_prefixlen and self.group.pool.has(IPv4Address(str(network.network_address)))

    def _not_proved(self, flows: Sequence[IpsecFlow]) -> str:
        window = f"within {self.group.window_seconds} seconds"
        if flows:
            return f"configured, not verified by a client: one has connected, and no packets went both ways {window}"
        return f"configured, not verified by a client: none has connected {window}"

    def _evidence(self, seen: Seen, flows: Sequence[IpsecFlow]) -> Iterator[Evidence]:
        host = seen.member.host
        pool = f"{self.group.pool.first} to {self.group.pool.last}"
        yield Evidence(host, IPSEC, f"clients with an address of {pool}", str(len(flows)), seen.time)


def _once_proved(session: Finding) -> Finding:
    """What is seen of clients now, where one was verified earlier in the run."""
    if session.status is Status.OK:
        return session
    words = "a client was verified before the run was interrupted, and none is seen to send now"
    return replace(session, status=Status.WARNING, sentence=words)
