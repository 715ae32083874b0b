"""What one file of pasted outputs shows of a client on its head-end (IOS-XE, IKEv2 with reconnect)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from ...inventory.errors import NothingMatched, ParseError
from ...parsers.printed.line_numbers import breaks_before
from ...parsers.printed.pasted import Pasted, PastedFile
from ...parsers.records.ikev2 import Ikev2Sa, Ikev2Session, ReconnectStats
from ...parsers.records.session import CryptoSession, SessionIke

SESSION, IKEV2, STATS = "show crypto session", "show crypto ikev2 session", "show crypto ikev2 stats reconnect"
#: Command -> how it is typed so that it shows what is needed.
ASKED = {SESSION: "show crypto session detail", IKEV2: "show crypto ikev2 session detailed", STATS: STATS}
#: The IKE identity of a client that connects again. Source: Cisco, head-end for AnyConnect, ``match identity remote key-id``.
ANYCONNECT_ID = "*$AnyConnectClient$*"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_PROFILE = re.compile(r"^[ \t]*crypto (?P<what>ikev2 profile (?P<name>\S{1,64})|\S)", re.MULTILINE)
_TIMEOUT = re.compile(r"^[ \t]*reconnect timeout (?P<seconds>\d{1,9})[ \t]*$", re.MULTILINE)


class Client(Struct, frozen=True):
    """One client in one file: its IKEv2 session with the IKE SA of it, and its crypto session. None: not shown."""

    session: Ikev2Session | None
    ike: Ikev2Sa | None
    crypto: CryptoSession | None
    crypto_ike: SessionIke | None


class Shown(Struct, frozen=True):
    """One file. ``missing`` are outputs that are not in it or could not be read, a sentence each; ``shows`` those that are."""

    name: str
    sessions: tuple[Ikev2Session, ...]
    crypto: tuple[CryptoSession, ...]
    stats: ReconnectStats | None
    missing: tuple[str, ...]
    shows: dict[str, Pasted]
    #: (IKEv2 profile, seconds, line) of each reconnect timeout in a configuration that was pasted; "" where no profile is named.
    timeouts: tuple[tuple[str, int, int], ...]
    hosts: tuple[tuple[int, str], ...]
    prompts: tuple[tuple[int, str], ...]


def shown(file: PastedFile, text: str) -> Shown:
    """What a file shows. Raises ParseError where it has none of the outputs, or one of them twice and not alike."""
    found: dict[str, Pasted] = {}
    missing: list[str] = []
    for command in (SESSION, IKEV2, STATS):
        outputs = file.of(command)
        if not outputs:
            missing.append(f"{file.name} has no output of {ASKED[command]}")
            continue
        first = outputs[0]
        if any(other.state != first.state for other in outputs[1:]):
            where = ", ".join(str(other.line) for other in outputs)
            raise ParseError(
                f"{file.name} has {ASKED[command]} more than once (lines {where}), and not alike: leave one moment in it"
            )
        found[command] = first
        missing += _not_whole(file.name, first)
    if not found:
        wanted = ", ".join(ASKED.values())
        raise ParseError(f"{file.name} has no output of the head-end, with the command above it: wanted are {wanted}")
    state = {command: show.state for command, show in found.items()}
    hosts = tuple((show.line, show.host) for show in found.values() if show.host)
    return Shown(
        file.name,
        state.get(IKEV2) or (),
        state.get(SESSION) or (),
        state.get(STATS),
        tuple(missing),
        found,
        tuple(_timeouts(text)),
        hosts,
        file.prompts,
    )


def _timeouts(text: str) -> Iterator[tuple[str, int, int]]:
    """Reconnect timeouts of a configuration, each with the IKEv2 profile that it stands in."""
    heads = list(_PROFILE.finditer(text))
    places = [head.start() for head in heads]
    breaks = breaks_before(text)
    for match in _TIMEOUT.finditer(text):
        above = bisect_left(places, match.start())
        yield (heads[above - 1]["name"] or "") if above else "", int(match["seconds"]), breaks(match.start()) + 1


def _not_whole(name: str, show: Pasted) -> Iterator[str]:
    if show.why:
        yield f"{name}, line {show.line}: {ASKED[show.command]} could not be read: {show.why.rstrip('.')}"
    for problem in show.problems[:3]:
        yield f"{name}, line {problem.line}: {problem.why} ({ASKED[show.command]})"


def is_reconnected(identity: str | None) -> str:
    """What the session id of a reconnect says in ASCII; "" for an identity that is none.

    The identity of a client that comes back is its session id, which show commands print as hexadecimal digits.
    """
    if identity is None or not _HEX.fullmatch(identity):
        return ""
    read = bytes.fromhex(identity)
    return read.decode("ascii") if all(0x20 < byte < 0x7F for byte in read) else ""


def clients(one: Shown) -> dict[str, Client]:
    """The remote-access clients of a file, by what names them: the assigned address, or else the peer."""
    found: dict[str, Client] = {}
    for session in one.sessions:
        for ike in session.ikes:
            if _is_client(ike):
                crypto, crypto_ike = _crypto_of(one, str(ike.remote_address), ike.remote_port)
                found[str(ike.assigned_address or ike.remote_address)] = Client(session, ike, crypto, crypto_ike)
    if not one.sessions:
        for crypto in one.crypto:
            for crypto_ike in crypto.ikes[:1]:
                if crypto.phase1_id == ANYCONNECT_ID or is_reconnected(crypto.phase1_id):
                    found[str(crypto.peer)] = Client(None, None, crypto, crypto_ike)
    return found


def _is_client(ike: Ikev2Sa) -> bool:
    kinds = (ike.remote_id or "", ike.auth_verify or "", ike.peer_type or "")
    return (
        ANYCONNECT_ID in kinds
        or "AnyConnect" in kinds[1]
        or "AnyConnect" in kinds[2]
        or bool(is_reconnected(ike.remote_id))
        or ike.assigned_address is not None
    )


def _crypto_of(one: Shown, peer: str, port: int) -> tuple[CryptoSession | None, SessionIke | None]:
    for crypto in one.crypto:
        for ike in crypto.ikes:
            if (str(ike.remote_address), ike.remote_port) == (peer, port):
                return crypto, ike
    # Two outputs of two moments: the port may be another one; that is judged, not overlooked.
    of_peer = [crypto for crypto in one.crypto if str(crypto.peer) == peer]
    return (of_peer[0], of_peer[0].ikes[0] if of_peer[0].ikes else None) if len(of_peer) == 1 else (None, None)


def the_client(before: Shown, after: Shown, named: str) -> str:
    """Which client is judged: the one that is named, or the only one whose IKE SA is another one afterwards.

    Raises NothingMatched where none is there, or several could be meant.
    """
    old, new = clients(before), clients(after)
    if named:
        if named not in old and named not in new:
            known = ", ".join(dict.fromkeys([*old, *new])) or "none"
            raise NothingMatched(f"no client {named} is in {before.name} or {after.name}: there is {known}")
        return named
    if not old:
        raise NothingMatched(f"no client is connected in {before.name}: it has to be shown before the suspend, while it works")
    changed = [name for name in old if name not in new or _spis(old[name]) != _spis(new[name])]
    choice = changed if len(old) > 1 else list(old)
    if len(choice) != 1:
        what = (
            "none of them has another IKE SA afterwards"
            if not choice
            else f"{len(choice)} of them have another IKE SA afterwards"
        )
        raise NothingMatched(
            f"{before.name} has {len(old)} clients, and {what}: name it with --client ADDRESS ({', '.join(old)})"
        )
    return choice[0]


def counterpart(before: Shown, after: Shown, name: str) -> Client | None:
    """The same client afterwards: by its address, or else the only one of its peer, or the only one that was not there before."""
    old, new = clients(before), clients(after)
    if name in new:
        return new[name]
    peer = _peer(old[name]) if name in old else ""
    of_peer = [client for client in new.values() if peer and _peer(client) == peer]
    fresh = [client for key, client in new.items() if key not in old]
    return next((found[0] for found in (of_peer, fresh) if len(found) == 1), None)


def _peer(client: Client) -> str:
    if client.ike:
        return str(client.ike.remote_address)
    return str(client.crypto.peer) if client.crypto else ""


def _spis(client: Client) -> tuple[int | None, int | None]:
    return (client.ike.local_spi, client.ike.remote_spi) if client.ike else (None, None)
