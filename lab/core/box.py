"""One simulated router: running and startup configuration, SAs, faults, counters, timers and log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network

from ..features.watch import Watch
from ..ios import messages
from ..ios.config_log import ConfigLog
from ..ios.configure import Place, apply
from ..ios.effects.rules17 import SHIELD_DOWN
from ..ios.model import policies
from ..ios.rollback.archive import Archive, Revert, keep, path_of
from ..ios.rollback.kron import Kron
from ..ios.rollback.reload import Reload
from ..ios.tables.traits import traits
from . import md5crypt, scrypt9
from .access.banners import DELIMITER
from .access.logforms import Moment
from .access.terminal import Terminal
from .clock import LabClock
from .configuration.forms import Release
from .configuration.loaded import Loaded, said
from .configuration.loading import load
from .configuration.store import Store
from .counts import Counters, Saved, Translation
from .faults import Faults
from .flash import Flash
from .meaning import IosMeaning, Meaning
from .negotiation.sa import CryptoState, IpsecSa
from .passwords import matches
from .profile import Profile
from .records import Policy
from .wire.network import Network
from .wire.speaker import Speaker


class Box:
    """A simulated router: one hardware profile with one software release."""

    def __init__(self, name: str, profile: Profile, release: Release, network: Network) -> None:
        self.name = name
        self.profile = profile
        self.release = release
        self.network = network
        self.clock: LabClock = network.clock
        self.crypto = CryptoState(profile.first_ike, profile.first_ipsec)
        self.faults = Faults()
        self.store = Store()
        self.saved = Saved()
        self.counters = Counters()
        self.physical = profile.physical
        self.switched = profile.switched
        self.disks = profile.disks
        self.traits = traits(release.name)
        self.shielded = self.traits.shield
        self.flash = Flash(profile.image, profile.flash, self.wall)
        self.archive = Archive(profile.first_archive)
        self.config_log = ConfigLog()
        self.edition = 0
        self.logged: list[str] = []
        self.messages = 0
        self.translations: list[Translation] = []
        self.changed: str = ""
        self.vtys: dict[int, str] = {}
        self.terminals: dict[int, Terminal] = {}
        self.booted = -4500.0
        #: A configuration that it was given whole, and who logs in without standing in it: user, password, enable secret.
        self.loaded: Loaded | None = None
        self.access: tuple[str, str, str] | None = None
        self.booting = False
        self.cut_off = False
        self.on_restart: Callable[[], Awaitable[None]] = self.restart
        self.on_reach: Callable[[], Awaitable[None]] = self._nobody_listens
        self.reload = Reload(self.clock, lambda: self.on_restart(), lambda: list(self.terminals.values()))
        self.revert = Revert(self)
        self.kron = Kron(self)
        self.watch = Watch(self)

    @property
    def store(self) -> Store:
        """The running configuration."""
        return self._store

    @store.setter
    def store(self, store: Store) -> None:
        self._store = store
        store.on_change = lambda: self.network.changed(self)
        store.on_change()

    def boot(self, config: str) -> None:
        """Enter the initial configuration. Raises ValueError if the release refuses a line: that is a defect of the lab."""
        if self.loaded is not None:
            self.load(config.split("\n"))
            return
        place = Place()
        for number, line in enumerate(config.split("\n"), start=1):
            answer, place = apply(self, self.release, place, line)
            if any((text.startswith("%") and "NOTE" not in text) or "^" in text for text in answer):
                raise ValueError(f"{self.name} does not take line {number} of its own configuration: {answer}")

    def load(self, lines: Sequence[str]) -> None:
        """Boot with a configuration from outside. Lines that the lab does not simulate are kept and shown only."""
        self.loaded = None
        self.loaded = load(self, lines)

    def unsaved(self) -> bool:
        """True if the running configuration differs from the startup configuration."""
        return said(self.running_lines()) != said(self.saved.lines)

    @property
    def off(self) -> bool:
        """True if the box is not reachable: it is down, or it is booting."""
        return self.booting or "down" in self.faults

    async def _nobody_listens(self) -> None:
        """Without a lab around the box there is no port to open or close."""

    def lose_management(self) -> None:
        """A change has cut the management path: packets are still forwarded, but nobody can log in."""
        self.cut_off = True
        self.reload.begin(self.on_reach)

    async def regain_management(self) -> None:
        """The configuration that let people in is back."""
        if self.cut_off:
            self.cut_off = False
            await self.on_reach()

    async def restart(self) -> None:
        """Come back with the startup configuration and without a single SA; VPN clients are gone."""
        first = self.profile.first_ike if not self.release.old else 1
        self.crypto, self.store = CryptoState(first, self.profile.first_ipsec), Store()
        self.revert.forget()
        self.logged, self.translations, self.changed = [], [], ""
        self.config_log = ConfigLog()
        self.booted = self.clock.now()
        self.cut_off = False
        self.shielded = self.traits.shield and SHIELD_DOWN not in self.saved.lines
        self.boot("\n".join(self.saved.lines[:-1] if self.saved.lines[-1:] == ["end"] else self.saved.lines))
        self.kron.stop()
        self.kron.refresh()

    def stop(self) -> None:
        """Cancel every timer silently, because the lab ends."""
        self.reload.stop()
        self.revert.forget()
        self.kron.stop()

    # What rules may ask (edit.Surroundings)

    @property
    def weak_crypto(self) -> str:
        """What the release does with weak cryptography in a configuration line (see rules17)."""
        if self.booting:
            return "lost" if self.shielded else ""
        return "" if not self.release.xe else "refused" if self.shielded else "warned"

    @property
    def blocks_insecure(self) -> bool:
        """True if insecure lines are refused: the default from 26.1 on, unless it is configured otherwise."""
        return self.traits.restricts and self.store.get("system mode") is None

    def hash_secret(self, plain: str) -> str:
        """The hash of a password for the configuration: type 5, on IOS-XE type 9."""
        return scrypt9.new_hash(plain) if self.release.xe else md5crypt.new_hash(plain)

    def stored_key(self, typed: str) -> tuple[str, str]:
        """(the pre-shared key as shown, the key as used): they differ under a fault."""
        other = typed[:-1] + ("x" if typed[-1] != "x" else "y")
        if self.booting:  # what is read from the startup configuration was not typed
            return typed, typed
        if "wrong-psk" in self.faults:
            return other, other
        return typed, other if "wrong-psk-silent" in self.faults else typed

    def entry_changed(self, name: str, seq: str) -> None:
        """A crypto map entry was removed or protects other traffic now: delete its SAs."""
        self.network.drop(self, [f for f in self.crypto.flows if (f.map, str(f.seq)) == (name, seq)])

    def binding_changed(self) -> None:
        """Another crypto map, or none, was bound to an interface: delete its SAs. Those of tunnel interfaces stay."""
        kept = {flow.peer for flow in self.crypto.flows if flow.tunnel and flow.outbound}
        self.network.drop(self, [flow for flow in self.crypto.flows if not (flow.tunnel and flow.outbound)])
        self.network.upkeep.drop_ike(self, [row for row in self.crypto.ike if not {row.src, row.dst} & kept])
        self.log(f"%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is {'ON' if self._any_map() else 'OFF'}")

    def _any_map(self) -> bool:
        return any(entry.child("crypto map") is not None for entry in self.store.all("interface"))

    # What the wire may ask (network.Station)

    @property
    def meaning(self) -> Meaning:
        """The running configuration as IKE and the data plane see it."""
        return IosMeaning(self.store, self.config_lines, self.release.late, self.shielded, self.traits.default_proposal)

    def policies(self) -> list[Policy]:
        """The ISAKMP policies by priority, including the default ones of the release."""
        return policies(self.store, defaults=self.release.late)

    def log(self, message: str) -> None:
        """Write a log message, with the uptime before it; the last 200 are kept."""
        self.logged = [*self.logged[-199:], f"{self.stamp()}: {message}"]

    def bad_message(self, peer: IPv4Address) -> None:
        """Log that a peer has another pre-shared key."""
        self.log(f"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {peer} failed its sanity check or is malformed")

    def quick_mode_failed(self, peer: IPv4Address) -> None:
        """Log that quick mode failed: no common proposal."""
        self.log(f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Quick mode failed with peer at {peer}")

    def negotiation_failed(self, peer: IPv4Address, reason: str) -> None:  # noqa: ARG002 - the message names no peer
        """An IKEv2 negotiation failed. The notification to the peer shows in debug output only, so nothing else is logged."""
        if not reason.startswith("told of"):
            self.log(messages.aborted(reason.removesuffix(" here")))

    def tunnel_changed(self, name: str, *, up: bool) -> None:
        """Log that the line protocol of a tunnel interface changed: it has its first SA, or lost its last one."""
        state = "up" if up else "down"
        self.log(f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {name}, changed state to {state}")

    def session_changed(self, peer: IPv4Address, *, up: bool) -> None:
        """Log a session that came up or went down, if `crypto logging session` or `crypto logging ikev2` is configured."""
        for line in messages.session(self.store, peer, up=up):
            self.log(line)

    def routed_into_itself(self, name: str) -> None:
        """Log that a tunnel interface was disabled because of recursive routing."""
        self.log(f"%TUN-5-RECURDOWN: {name} temporarily disabled due to recursive routing")

    def led(self, source: IPv4Address, destination: IPv4Address) -> IPv4Address | str | None:
        """Next hop or interface by policy routing for a packet of a host behind the router."""
        return self.watch.led(source, destination)

    def speaker(self, address: IPv4Address) -> Speaker | None:  # noqa: ARG002 - boxes speak it with far ends only
        """None: routers speak BGP with simulated far ends only."""
        return None

    def told(self, address: IPv4Address, networks: tuple[IPv4Network, ...]) -> None:
        """Does nothing: only a far end receives routes."""

    def settle_routes(self) -> None:
        """Does nothing: a router learns no routes here."""

    def invalid_spi(self, at: IPv4Address, spi: int) -> None:
        """Log a packet with an unknown SPI."""
        self.log(
            "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr="
            f"{at}, prot=50, spi=0x{spi:X}({spi})"
        )

    def replay_failed(self, sender: IPv4Address, at: IPv4Address, sa: IpsecSa) -> None:  # noqa: ARG002 - an ASA names both
        """Log a packet that the anti-replay window rejected."""
        self.log(
            "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed\n"
            f"        connection id={sa.conn_id}, sequence number={sa.packets}"
        )

    def not_protected(self, destination: IPv4Address, source: IPv4Address) -> None:
        """Log an unencrypted packet that a crypto map should have protected."""
        self.log(
            "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet.\n"
            f"        (ip) dest_addr= {destination}, src_addr= {source}, prot= 1"
        )

    def noted_translation(self, inside: IPv4Address, outside: IPv4Address, destination: IPv4Address) -> None:
        """Add an entry to the NAT translation table."""
        new = Translation(inside, outside, destination)
        if new not in self.translations:
            self.translations.append(new)

    # Time and texts

    @property
    def clock_set(self) -> bool:
        """True if the clock was set, by a person or by NTP."""
        return self.profile.clock_set and "clock-unset" not in self.faults

    def wall(self) -> datetime:
        """The time of day by the clock of the box."""
        return self.clock.wall(self.profile.clock) + timedelta(seconds=self.faults.number("clock-step"))

    def stamp(self) -> str:
        """The timestamp of a log message: the uptime on 12.2, as configured there, else the time of day."""
        if self.release.old:
            return self.uptime_stamp()
        now = self.wall()
        return f"{now:%b} {now.day:>2} {now:%H:%M:%S}.{now.microsecond // 1000:03}"

    def moment(self) -> Moment:
        """The current time with the next sequence number, for a log message."""
        self.messages += 1
        uptime = int(self.clock.now() - self.booted)
        return Moment(self.wall(), uptime, self.messages, self.hostname, self.profile.asa)

    def uptime_stamp(self) -> str:
        """The uptime as in `service timestamps log uptime`. At the start of the lab it is 75 minutes."""
        seconds = int(self.clock.now() - self.booted)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    @property
    def aaa(self) -> bool:
        """True if logins are authenticated by `aaa new-model`."""
        entry = self.store.get("aaa new-model")
        return entry is not None and not entry.text.startswith("no ")

    def level_of(self, user: str) -> int:
        """The privilege level of a local user."""
        if self.access is not None and user == self.access[0]:
            return 15
        entry = self.store.get("username", user)
        return int(entry.values.get("level", "1")) if entry is not None else 1

    def idle_seconds(self, transport: str) -> float | None:  # noqa: ARG002 - one setting for a line, however it is reached
        """The exec-timeout of a vty in lab seconds; None for none (`exec-timeout 0 0`). The default is ten minutes."""
        entry = self.store.get("line", "line vty 0 4")
        line = entry.child("exec-timeout") if entry is not None else None
        if line is None:
            return 600.0
        return 60 * int(line.values["min"]) + int(line.values["sec"]) or None

    def login_level(self, user: str) -> int:
        """The privilege level of a new session."""
        return 1 if self.aaa else self.level_of(user)

    @property
    def hostname(self) -> str:
        """The configured host name."""
        entry = self.store.get("hostname")
        return entry.values["name"] if entry is not None else "Router"

    def config_lines(self) -> list[str]:
        """The configuration from the first `!` to `end`, without the lines that say when it changed."""
        return [*(self.loaded.shown(self.own_lines()) if self.loaded else self.own_lines()), "end"]

    def own_lines(self) -> list[str]:
        """The configuration lines that the simulation itself writes."""
        return self.store.text(self.profile.layout, self.release.order)

    def running_lines(self) -> list[str]:
        """The running configuration, with the comment on its last change if the clock is set."""
        lines = self.config_lines()
        if self.clock_set and self.changed:
            lines[1:1] = [f"! Last configuration change at {self.changed}", "!"]
        return lines

    def mark_changed(self, user: str) -> None:
        """Record the time and user of the last change, on leaving configuration mode."""
        self.changed = f"{self.wall():%H:%M:%S UTC %a %b} {self.wall().day} {self.wall().year}{f' by {user}' if user else ''}"
        self.log(f"%SYS-5-CONFIG_I: Configured from console by {user or 'console'} on vty0 (127.0.0.1)")

    def save(self) -> bool:
        """Write the startup configuration; False if it does not fit."""
        lines = self.running_lines()
        size = size_of(lines)
        if "nvram-full" in self.faults or size > self.profile.nvram:
            return False
        lost = self.faults.text("save-drops")
        self.saved = Saved([line for line in lines if not lost or lost not in line], size)
        if path_of(self) and self.store.root[("archive", ())].child("archive write-memory") is not None:
            keep(self)
        return True

    def resave(self, lines: list[str]) -> None:
        """Replace the lines of the startup configuration."""
        self.saved = Saved(lines, self.size_of(lines))

    def size_of(self, lines: list[str]) -> int:
        """Size of a configuration in bytes as the box counts it."""
        return size_of(lines)

    def credentials_match(self, user: str, password: str) -> int | None:
        """The privilege level of a local user, or None if the password is not theirs."""
        entry = self.store.get("username", user)
        if self.access is not None and "login-refused" not in self.faults and (user, password) == self.access[:2]:
            return self.level_of(user)
        if entry is None or "login-refused" in self.faults:
            return None
        plain, hashed = entry.values.get("password"), entry.values.get("hash")
        good = plain == password if plain is not None else matches(password, hashed or "")
        return self.level_of(user) if good else None

    def enable_matches(self, password: str) -> bool:
        """True if this is the enable secret."""
        entry = self.store.get("enable secret")
        of_lab = self.access is not None and password == self.access[2]
        return of_lab or (entry is not None and matches(password, entry.values["hash"]))


def size_of(lines: list[str]) -> int:
    """Bytes of a configuration as a router counts them: what is shown up to and including `end`, and two.

    The delimiter of a banner is one character in the box and two on the screen. Source: 44 of 74 public texts with a count, of
    15.2 to 17.3, running, startup and one interface, agree exactly.
    """
    return sum(len(line.replace(DELIMITER, "\x03")) + 1 for line in lines) + 1
