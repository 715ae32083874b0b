"""What has to hold on a head-end: before clients are let in, and then that one has come in and sends.

Nothing that a router shows of itself proves that a client can connect, so without one it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...checks.finding import Evidence, Finding, Status
from ...inventory.models.platforms import Platform
from ..service import Member, Seen
from .certificates import Showing, judged
from .files import asks, judged_files
from .intent import FlexVpn
from .names import own_name
from .reading import CERTIFICATES, CLOCK, IKEV2_SESSIONS, RECONNECTS, RUNNING, SESSIONS, read
from .sessions import Client, Clients, clients_of

OF_CLIENTS = (SESSIONS, IKEV2_SESSIONS, RECONNECTS)


def _is_there(seen: Seen, family: str, name: str) -> bool:
    return Configuration(seen.member.host, "ios", RUNNING, seen.outputs[RUNNING]).objects.get(family, name) is not None


def _configured(seen: Seen, wanted: FlexVpn, family: str, what: str, removed: bool) -> Finding:
    name = own_name(wanted)
    there = _is_there(seen, family, name)
    evidence = (Evidence(seen.member.host, RUNNING, f"{what} {name}", "there" if there else "not there", seen.time),)
    words = f"{what} {name} is {'configured' if there else 'not there'}"
    return Finding(family, seen.member.host, Status.OK if there is not removed else Status.FAILED, words, evidence)


class Ready(Struct, frozen=True):
    """The first gate: what clients get is there, and they would take the certificate now."""

    wanted: FlexVpn

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """The whole configuration, the clock, the certificates, and the hash of the file for clients."""
        return (RUNNING, CLOCK, CERTIFICATES, *asks(self.wanted))

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Findings on the router. Raises NotKnown for a configuration that is not whole."""
        return tuple(finding for item in seen for finding in self._judge(item, removed))

    def _judge(self, seen: Seen, removed: bool) -> Iterator[Finding]:
        yield _configured(seen, self.wanted, "ikev2-authorization", "authorization policy", removed)
        if not removed:
            host = seen.member.host
            certificates, clock = (read(host, command, seen.outputs) for command in (CERTIFICATES, CLOCK))
            yield from judged(Showing(host, self.wanted, certificates, clock, seen.time))
            yield from judged_files(self.wanted, seen.outputs, seen.time)


class ClientIn(Struct, frozen=True):
    """The second gate: a client has come in, with an address of the pool and the cipher of the intent, and sends."""

    wanted: FlexVpn

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """The whole configuration, the sessions in both forms, and the counters of reconnects."""
        return (RUNNING, *OF_CLIENTS)

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Findings on the router. Raises NotKnown for a configuration that is not whole."""
        return tuple(finding for item in seen for finding in self._judge(item, removed))

    def later(self, proved: Sequence[Seen], seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """As `judge`; a client that was verified and has hung up since is no objection."""
        return tuple(
            finding
            for then, item in zip(proved, seen, strict=True)
            for finding in (*self._after(then, item), *self._counted(then, item))
        )

    def decided(self, seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """As `judge`; that a client connects was verified before, so that none is connected is told, and no objection."""
        return tuple(_once_proved(finding) for item in seen for finding in self._judge(item, removed=False))

    def _judge(self, seen: Seen, removed: bool) -> Iterator[Finding]:
        yield _configured(seen, self.wanted, "ikev2-profile", "IKEv2 profile", removed)
        shown = clients_of(self.wanted, seen.member.host, seen.outputs)
        if removed:
            yield self._gone(seen, shown)
            return
        yield from self._session(seen, shown)

    def _gone(self, seen: Seen, shown: Clients) -> Finding:
        host, left = seen.member.host, shown.clients
        if shown.unread:
            return Finding("client-session", host, Status.WARNING, f"whether a client is left is not known: {shown.unread}")
        words = f"{left[0].title} is still connected" if left else "no client is connected"
        return Finding("client-session", host, Status.FAILED if left else Status.OK, words, self._evidence(seen, left))

    def _session(self, seen: Seen, shown: Clients) -> Iterator[Finding]:
        host = seen.member.host
        if shown.unread:
            yield Finding(
                "client-session", host, Status.UNVERIFIED, f"whether a client is connected is not known: {shown.unread}"
            )
            return
        evidence = self._evidence(seen, shown.clients)
        if not shown.working:
            yield Finding("client-session", host, Status.UNVERIFIED, self._not_proved(shown.clients), evidence)
            return
        client = shown.working[0]
        esp = self.wanted.esp
        if (client.encryption, client.integrity) != (esp.encryption, esp.integrity):
            has = " ".join(filter(None, (client.encryption, client.integrity))) or "nothing"
            words = f"{client.title} is encrypted by {has}, and the intent says {esp.encryption}"
            yield Finding("client-session", host, Status.FAILED, words, evidence)
            return
        words = f"{client.title} sends: {client.packets_in} packets in, {client.packets_out} out"
        yield Finding("client-session", host, Status.OK, words, evidence)
        yield from self._may_return(seen, shown)

    def _may_return(self, seen: Seen, shown: Clients) -> Iterator[Finding]:
        """With a timeout of reconnecting, the router counts the session among those that may come again."""
        stats = shown.reconnects
        if self.wanted.reconnect_timeout is None or stats is None:
            return
        able = stats.active_capable_sessions
        words = f"{able} of the sessions that are connected may come back after a sleep"
        evidence = (Evidence(seen.member.host, RECONNECTS, "reconnect capable active sessions", str(able), seen.time),)
        yield Finding("reconnect", seen.member.host, Status.OK if able else Status.FAILED, words, evidence)

    def _after(self, then: Seen, seen: Seen) -> Iterator[Finding]:
        """What was verified, or has ended in order since: the router has no session of the client any more."""
        proved, now = (clients_of(self.wanted, item.member.host, item.outputs) for item in (then, seen))
        if proved.working and not now.unread and not now.clients:
            yield _configured(seen, self.wanted, "ikev2-profile", "IKEv2 profile", removed=False)
            words = f"{proved.working[0].title} was in and sent, and has hung up since"
            yield Finding("client-session", seen.member.host, Status.OK, words, self._evidence(seen, ()))
            return
        yield from self._judge(seen, removed=False)

    def _counted(self, then: Seen, seen: Seen) -> Iterator[Finding]:
        """How many reconnects came to nothing since the proof; they are counted for the whole device."""
        before, now = (clients_of(self.wanted, item.member.host, item.outputs).reconnects for item in (then, seen))
        if before is not None and now is not None and now.failed > before.failed:
            words = f"{now.failed - before.failed} reconnects have failed since the proof, of whatever profile"
            yield Finding("reconnect", seen.member.host, Status.WARNING, words)

    def _not_proved(self, clients: Sequence[Client]) -> str:
        window = f"within {self.wanted.window_seconds} seconds"
        wrong = next((client.wrong for client in clients if client.wrong), "")
        if wrong:
            return f"configured, not verified by a client: {wrong}"
        if clients and all(client.earlier for client in clients):
            who = "connected clients have addresses of the former pool, and no new client has connected"
            return f"configured, not verified by a client: {who} {window}"
        if clients:
            return f"configured, not verified by a client: one has connected, and no packets went both ways {window}"
        return f"configured, not verified by a client: none has connected {window}"

    def _evidence(self, seen: Seen, clients: Sequence[Client]) -> tuple[Evidence, ...]:
        return (Evidence(seen.member.host, SESSIONS, f"sessions of {own_name(self.wanted)}", str(len(clients)), seen.time),)


def _once_proved(finding: Finding) -> Finding:
    if finding.check == "ikev2-profile" or finding.status is Status.OK:
        return finding
    words = "a client was verified before the run was interrupted, and none is seen to send now"
    return replace(finding, status=Status.WARNING, sentence=words)
