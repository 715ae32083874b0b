"""What the other side of a tunnel has to set, where that side is not ours: for a person to send, and never with the key in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ....inventory.errors import ChangeError, NothingMatched
from ....inventory.intents.forms import style_of
from ....inventory.intents.intent import Crypto, ForeignTermination, IKEProposal, IPSecProposal, Tunnel, TunnelTermination
from ....inventory.intents.intent_files import load_intent
from ....inventory.intents.strength import narrow
from ....inventory.intents.validation import validate
from ....inventory.models.platforms import Platform
from ....inventory.systems import system_of
from ...sheet import KEY, Rows, Sheet
from ..endpoint import IKE_SECONDS

AnyEnd = TunnelTermination | ForeignTermination

#: Of an SA, on every device where the intent names none (command references: security association lifetime).
_DEFAULT_KILOBYTES = 4608000


def sheet(tunnel: Tunnel, crypto: Crypto, platform: Platform | None = None, end: str = "") -> Sheet:
    """The sheet for the end of a tunnel that is not ours, or for the one that ``end`` names by its host or who runs it.

    ``crypto`` is narrowed to what our end can do (`strength.narrow`), and ``platform`` is our end's, which says its own lifetimes
    and, with auto, the style. Raises ChangeError where both ends are ours and none is named, or nothing can be proposed, and
    NothingMatched for an end that the tunnel has not.
    """
    ours, theirs = ends_for(tunnel, end)
    if not crypto.ike_proposals or not crypto.ipsec_proposals:
        raise ChangeError(f"tunnel {tunnel.name}: {ours.called} has no proposal for the far end")
    ike, ipsec = crypto.ike_proposals[0], crypto.ipsec_proposals[0]
    partner = theirs.partner if isinstance(theirs, ForeignTermination) else theirs.host
    return Sheet(
        f"VPN tunnel {tunnel.name}: settings for {partner or 'the far end'}",
        (("tunnel", tunnel.name), ("partner", partner)),
        (
            ("Peers", _peers(ours, theirs)),
            ("Phase 1 (IKE)", _phase_1(crypto, ike)),
            ("Phase 2 (IPsec)", _phase_2(crypto, ipsec, platform)),
            ("Traffic", _traffic(tunnel, ours, theirs, _style(tunnel, crypto, platform))),
            ("Liveness", _liveness(tunnel)),
        ),
    )


def ends_for(tunnel: Tunnel, end: str) -> tuple[AnyEnd, AnyEnd]:
    """The end that is ours, and the one that a sheet is for. Raises ChangeError and NothingMatched as `sheet` does."""
    near, far = tunnel.terminations
    if not end:
        if len(tunnel.own) != 1:
            hint_ = f"; name one with --for {tunnel.own[1].host}" if tunnel.own else ""
            raise ChangeError(f"tunnel {tunnel.name}: there is no far end to write a sheet for: {_both(tunnel)}{hint_}")
        return tunnel.own[0], tunnel.foreign[0]
    for theirs, ours in ((near, far), (far, near)):
        if end in (theirs.called, str(theirs.outside_ip)):
            return ours, theirs
    raise NothingMatched(f"tunnel {tunnel.name} has no end {end!r}: its ends are {near.called} and {far.called}")


def partner_sheet(inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Sheet:
    """The sheet of a tunnel of an inventory. Raises NothingMatched, IntentError and ChangeError."""
    intent = load_intent(inventory / "vpn")
    (tunnel,) = intent.select((name,), any_status=True)
    validate(intent, (tunnel,), platforms, datetime.now(UTC).date())
    ours, _ = ends_for(tunnel, end)
    crypto = narrow(intent.resolve(tunnel), [platforms[own.host] for own in tunnel.own])
    own = ours if isinstance(ours, TunnelTermination) else tunnel.own[0]
    return sheet(tunnel, crypto, platforms[own.host], end)


def _both(tunnel: Tunnel) -> str:
    return f"{' and '.join(end.host for end in tunnel.own)} are ours" if tunnel.own else "neither end is ours"


def _style(tunnel: Tunnel, crypto: Crypto, platform: Platform | None) -> str:
    return style_of(tunnel, crypto.ike_version, [platform] if platform else [])


def _peers(near: AnyEnd, far: AnyEnd) -> Rows:
    ours, theirs = near.outside_ip, far.outside_ip
    return (
        ("your address", (str(theirs),)),
        ("our address", (str(ours),)),
        ("your identity", (f"{theirs} (type: IPv4 address)",)),
        ("our identity", (f"{ours} (type: IPv4 address)",)),
        ("authentication", ("pre-shared key, the same in both directions",)),
        ("pre-shared key", (KEY,)),
        ("NAT traversal", ("may stay on; address translation between the two addresses is not expected",)),
    )


def _phase_1(crypto: Crypto, ike: IKEProposal) -> Rows:
    gcm = ike.encryption_algorithm.endswith("-gcm")
    integrity = (
        "PRF" if gcm else "integrity and PRF" if crypto.ike_version == 2 else "hash",
        (plain(ike.authentication_algorithm),),
    )
    mode = (("mode", (str(crypto.ike_mode),)),) if crypto.ike_mode else ()
    return (
        ("IKE version", (str(crypto.ike_version),)),
        *mode,
        ("encryption", (plain(ike.encryption_algorithm),)),
        integrity,
        ("Diffie-Hellman group", (str(ike.group),)),
        ("lifetime", (f"{ike.sa_lifetime or IKE_SECONDS} seconds",)),
    )


def _phase_2(crypto: Crypto, ipsec: IPSecProposal, platform: Platform | None) -> Rows:
    seconds = ipsec.sa_lifetime_seconds or (system_of(platform).ipsec_seconds if platform else None)
    kilobytes = ipsec.sa_lifetime_data or (_DEFAULT_KILOBYTES if platform else None)
    lifetime = tuple(f"{number} {unit}" for number, unit in ((seconds, "seconds"), (kilobytes, "kilobytes")) if number)
    integrity = (
        plain(ipsec.authentication_algorithm) if ipsec.authentication_algorithm else "none beside the cipher (GCM has its own)"
    )
    return (
        ("protocol", ("ESP in tunnel mode",)),
        ("encryption", (plain(ipsec.encryption_algorithm),)),
        ("integrity", (integrity,)),
        ("PFS group", (str(crypto.pfs_group) if crypto.pfs_group else "none",)),
        ("lifetime", lifetime or ("your own default",)),
    )


def plain(algorithm: str) -> str:
    """An algorithm in the words of other vendors: ``aes-256-cbc`` as ``AES-256-CBC``, ``hmac-sha256`` as ``SHA-256``."""
    name = algorithm.removeprefix("hmac-").upper()
    return f"SHA-{name.removeprefix('SHA')}" if name.startswith("SHA") else name


def _traffic(tunnel: Tunnel, ours: AnyEnd, theirs: AnyEnd, style: str) -> Rows:
    """Selectors as the far end sees them: its own networks are local."""
    probe = (
        ("please answer pings to", (str(theirs.probe_address),)) if theirs.probe_address else ("verified by", ("our counters",))
    )
    if style == "vti":
        addresses = [(tunnel.tunnel_address(end), name) for end, name in ((theirs, "your"), (ours, "our"))]
        inside = tuple((f"{name} tunnel address", (str(address),)) for address, name in addresses if address)
        return (
            ("kind", ("route based: a tunnel interface",)),
            ("selectors", ("0.0.0.0/0 to 0.0.0.0/0",)),
            *inside,
            ("route into the tunnel", tuple(str(prefix) for prefix in ours.protected_prefixes)),
            probe,
        )
    pairs = tuple(f"{near} to {far}" for near in theirs.protected_prefixes for far in ours.protected_prefixes)
    return (
        ("kind", ("policy based",)),
        ("selectors (yours to ours)", pairs),
        *((("pings come from", (str(ours.probe_address),)),) if ours.probe_address else ()),
        probe,
    )


def _liveness(tunnel: Tunnel) -> Rows:
    if tunnel.dpd is None:
        return (("dead peer detection", ("not in use at our end",)),)
    every = f"our end asks after {tunnel.dpd.interval_seconds} seconds of silence, then every {tunnel.dpd.retries} seconds"
    return (("dead peer detection", (every,)),)
