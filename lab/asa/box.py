"""One simulated ASA: what a box does differently when it is a firewall."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from msgspec import Struct

from ..core.box import Box
from ..core.configuration.forms import Release
from ..core.configuration.loading import load_asa
from ..core.configuration.store import Store
from ..core.counts import Saved
from ..core.meaning import Meaning
from ..core.negotiation.sa import CryptoState, IpsecSa
from ..core.profile import Profile
from ..core.wire.network import Network
from ..ios.configure import Place
from . import configure as asa_configure
from . import hash as asa_hash
from .eem import Eem
from .meaning.bgp import Bgp
from .meaning.model import AsaMeaning
from .outputs import text as asa_text
from .tables import generations

_REASONS = {
    "policy": "Failed to find a matching policy",
    "profile": "Failed to locate an item in the database",
    "key": "Failed to authenticate the IKE SA",
    "no key": "Failed to locate an item in the database",
    "no answer": "Maximum number of retransmissions reached",
    "4500": "Maximum number of retransmissions reached",
    "selectors": "There was no IPSEC policy found for received TS",
    "transform": "Received no proposal chosen notify",
    "pfs": "Received no proposal chosen notify",
    "admission": "Failed to authenticate the IKE SA",
}


class PhoneSession(Struct, frozen=True):
    """One IP phone that is connected, as the box shows it."""

    user: str
    assigned: str
    public: str
    policy: str
    group: str
    since: str
    #: By which the box knows it; a session that begins anew has another one.
    index: int = 1


class AsaBox(Box):
    """A firewall of one profile on one release. `old` is 8.2, `modern` is 9.13 and later."""

    def __init__(self, name: str, profile: Profile, release: Release, network: Network) -> None:
        super().__init__(name, profile, release, network)
        self.generation = generations.ROWS[release.name]
        self.old = self.generation.old
        self.modern = self.generation.modern
        self.loading = False
        self.eem = Eem(self)
        self.bgp = Bgp(self)
        self.changed_by = ""
        self.asked = False
        self.saved_at = ""
        #: IP phones that are connected, by name; and how many sessions, and addresses of each pool, others have.
        self.phones: dict[str, PhoneSession] = {}
        self.other_sessions = 0
        self.other_addresses = 0
        self.phones_so_far = 0

    @property
    def phone_sessions(self) -> int:
        """How many sessions of AnyConnect there are."""
        return len(self.phones) + self.other_sessions

    @property
    def meaning(self) -> Meaning:
        """What the configuration means."""
        return self.reading()

    def reading(self) -> AsaMeaning:
        """The same, with what only an ASA has."""
        return AsaMeaning(self.store, self.generation, self.bgp.learned)

    def boot(self, config: str) -> None:
        """Type the initial configuration; a line that the release refuses is a mistake of ours and raises ValueError."""
        if self.loaded is not None:
            self.load(config.splitlines())
            return
        place, self.loading = Place(), True
        try:
            for number, line in enumerate(config.splitlines(), start=1):
                answer, place, _ = asa_configure.apply(self, place, line)
                if any("ERROR" in text or "not allowed" in text or text.startswith("%") for text in answer):
                    raise ValueError(f"{self.name} does not take line {number} of its own configuration: {answer}")
        finally:
            self.loading = False
        self.changed_by = ""

    def load(self, lines: Sequence[str]) -> None:
        """Boot with a configuration of its own, of which the lab need not play every line."""
        self.loaded = None
        self.loaded = load_asa(self, lines)
        self.changed_by = ""

    def own_lines(self) -> list[str]:
        """What the box writes itself."""
        return asa_text.text(self.store, clear=True)

    async def restart(self) -> None:
        """Come back with the startup configuration; what the event manager counted is forgotten."""
        self.crypto, self.store = CryptoState(self.profile.first_ike, self.profile.first_ipsec), Store()
        self.eem.stop()
        self.logged, self.translations = [], []
        self.phones = {}
        self.bgp = Bgp(self)
        self.booted = self.clock.now()
        self.cut_off = False
        self.edition += 1
        self.boot("\n".join(self.saved.lines))
        self.eem.refresh()

    def stop(self) -> None:
        """End every timer without a word."""
        super().stop()
        self.eem.stop()

    # Text

    def config_lines(self, *, clear: bool = True) -> list[str]:
        """The configuration without what stands around it."""
        own = asa_text.text(self.store, clear=clear)
        return own if self.loaded is None else self.loaded.shown(own)

    def running_lines(self) -> list[str]:
        """The configuration in clear, as it is saved."""
        return self.config_lines()

    def checksum(self) -> str:
        """The checksum of the running configuration."""
        return asa_text.checksum(self.config_lines())

    def unsaved(self) -> bool:
        """Whether the running configuration differs from what is saved."""
        return self.config_lines() != self.saved.lines

    def save(self) -> bool:
        """Write the startup configuration; False if it does not fit."""
        if "nvram-full" in self.faults:
            return False
        lines = self.config_lines()
        self.saved = Saved(lines, self.size_of(lines))
        self.saved_at = self.when()
        return True

    def size_of(self, lines: list[str]) -> int:
        """Bytes of a configuration, each line with its line end."""
        return sum(len(line) + 1 for line in lines)

    def when(self) -> str:
        """The time of day as configurations name it."""
        now = self.wall()
        return f"{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b} {now.day} {now.year}"

    def mark_changed(self, user: str) -> None:
        """Note who changed the configuration."""
        self.changed_by = f"{user or 'enable_15'} at {self.when()}"

    # Logins

    @property
    def aaa(self) -> bool:
        """A session begins without privilege, whoever logs in."""
        return True

    def level_of(self, user: str) -> int:
        """The privilege level of a local user."""
        if self.access is not None and user == self.access[0]:
            return 15
        entry = self.store.get("username", user)
        return int(entry.values["level"]) if entry is not None else 1

    @property
    def hostname(self) -> str:
        """The configured host name."""
        entry = self.store.get("hostname")
        return entry.values["name"] if entry is not None else "ciscoasa"

    def idle_seconds(self, transport: str) -> float | None:
        """How long a session may be idle, in lab seconds: `ssh timeout` and `telnet timeout`, five minutes without."""
        head = f"{transport} timeout "
        found = [entry.key[0] for entry in self.store.all("plain") if entry.key[0].startswith(head)]
        minutes = found[-1].removeprefix(head) if found else "5"
        return 60.0 * int(minutes) if minutes.isdigit() else 300.0

    @property
    def width(self) -> int:
        """The width of every terminal: a setting of the box."""
        entry = self.store.get("terminal width")
        return int(entry.text.split()[-1]) if entry is not None else 80

    @property
    def page(self) -> int:
        """Lines of a page, a setting of the box; 0 for no end."""
        entry = self.store.get("pager")
        return int(entry.values["n"]) if entry is not None else 24

    def hash_password(self, user: str, plain: str) -> tuple[str, str]:
        """The stored form of a password, and the word for it."""
        return (asa_hash.new_hash(plain), "pbkdf2") if self.modern else (asa_hash.old_hash(user, plain), "encrypted")

    def credentials_match(self, user: str, password: str) -> int | None:
        """The privilege level of a local user, or None if the password is not theirs."""
        entry = self.store.get("username", user)
        if self.access is not None and "login-refused" not in self.faults and (user, password) == self.access[:2]:
            return self.level_of(user)
        if entry is None or "login-refused" in self.faults:
            return None
        return self.level_of(user) if asa_hash.matches(user, password, entry.values["secret"]) else None

    def enable_matches(self, password: str) -> bool:
        """Whether this is the enable password."""
        if self.access is not None:
            return password == self.access[2]
        entry = self.store.get("enable password")
        return asa_hash.matches("", password, entry.values["secret"]) if entry is not None else not password

    # What changes and the wire say

    def entry_changed(self, name: str, seq: str) -> None:
        """An entry of a crypto map lost its ground: its SAs go, and the IKE SA with the last of them."""
        self.drop_flows([flow for flow in self.crypto.flows if (flow.map, str(flow.seq)) == (name, seq)])

    def tunnel_carries(self, nameif: str) -> bool:
        """Whether a tunnel interface has an SA to send with."""
        return bool(self.meaning.protectors().on.get(nameif)) and nameif not in self.network.silent(self)

    def drop_flows(self, flows: list[object]) -> None:
        """Delete SAs; a peer without any has its IKE SA deleted too."""
        mine = [flow for flow in self.crypto.flows if flow in flows]
        peers = {flow.peer for flow in mine if flow.outbound}
        self.network.drop(self, mine)
        for peer in peers - {flow.peer for flow in self.crypto.flows if flow.outbound}:
            self.drop_peer(peer)

    def drop_peer(self, peer: IPv4Address, versions: tuple[int, ...] = (1, 2)) -> None:
        """Delete everything that was negotiated with a peer, by one version of IKE or by both."""
        newer = [row for row in self.crypto.ike2 if row.remote == peer and 2 in versions]
        self.network.upkeep.drop_ike2(self, newer)
        self.network.drop(self, [flow for flow in self.crypto.flows if flow.peer == peer and flow.version in versions])
        older = [row for row in self.crypto.ike if peer in (row.dst, row.src) and 1 in versions]
        self.network.upkeep.drop_ike(self, older)
        if not newer:
            self.session_changed(peer, up=False)

    def binding_changed(self) -> None:
        """An interface got another crypto map or none; what that means is for `unbound`."""

    def unbound(self, names: set[str]) -> None:
        """Crypto maps that are bound elsewhere now, or nowhere: what was negotiated for them goes, with its IKE SAs."""
        flows = [flow for flow in self.crypto.flows if flow.map in names]
        peers = {flow.peer for flow in flows} | {p for each in names for e in self.meaning.entries(each) for p in e.peers}
        self.network.drop(self, flows)
        for peer in peers - {flow.peer for flow in self.crypto.flows if flow.outbound}:
            self.network.upkeep.drop_ike(self, [row for row in self.crypto.ike if peer in (row.dst, row.src)])
            self.network.upkeep.drop_ike2(self, [row for row in self.crypto.ike2 if row.remote == peer])

    def negotiation_failed(self, peer: IPv4Address, reason: str) -> None:
        """IKEv2 came to nothing. The texts behind the message are from memory of Cisco's troubleshooting documents."""
        why = _REASONS.get(reason.removeprefix("told of ").removesuffix(" here"), reason)
        told = f"Local:{self._own(peer)}:500 Remote:{peer}:500 Username:{peer}"
        self.log(f"%ASA-4-750003: {told} IKEv2 Negotiation aborted due to ERROR: {why}")

    def _own(self, peer: IPv4Address) -> IPv4Address:
        route = self.meaning.route_to(peer)
        own = route.interface.address if route is not None else None
        return own if own is not None else IPv4Address(0)

    def tunnel_changed(self, name: str, *, up: bool) -> None:
        """A tunnel interface has its first SA, or lost the last one."""
        number, state = ("411001", "up") if up else ("411002", "down")
        self.log(f"%ASA-4-{number}: Line protocol on Interface {name}, changed state to {state}")
        self.settle_routes()

    def settle_routes(self) -> None:
        """What it learns by BGP."""
        self.bgp.settle()

    def session_changed(self, peer: IPv4Address, *, up: bool) -> None:
        """The last SA with a peer is gone; what is said of the first one is not played."""
        if not up:
            self.log(f"%ASA-4-113019: Group = {peer}, Username = {peer}, IP = {peer}, Session disconnected.")

    def bad_message(self, peer: IPv4Address) -> None:
        """The key of a peer differs."""
        self.log(f"%ASA-5-713904: Group = {peer}, IP = {peer}, Received encrypted Oakley Main Mode packet with invalid payloads")

    def quick_mode_failed(self, peer: IPv4Address) -> None:
        """Quick mode found no agreement."""
        self.log(f"%ASA-3-713902: Group = {peer}, IP = {peer}, QM FSM error")

    def invalid_spi(self, at: IPv4Address, spi: int) -> None:
        """A packet came with an SPI that is not known."""
        self.log(f"%ASA-4-402116: IPSEC: Received an ESP packet (SPI= 0x{spi:08X}) to {at} with an invalid SPI.")

    def replay_failed(self, sender: IPv4Address, at: IPv4Address, sa: IpsecSa) -> None:
        """A packet came too late for the anti-replay window."""
        self.log(
            f"%ASA-4-402119: IPSEC: Received an ESP packet (SPI= 0x{sa.spi:08X}, sequence number= 0x{sa.packets:X}) from "
            f"{sender} (user= {sender}) to {at} that failed anti-replay checking."
        )

    def not_protected(self, destination: IPv4Address, source: IPv4Address) -> None:
        """A packet came in clear that the crypto map protects."""
        self.log(f"%ASA-4-402117: IPSEC: Received a non-IPSec packet (protocol= icmp) from {source} to {destination}.")
