"""One head-end that is audited: what it showed, what was asked, and what follows of both: interface, tunnel group, policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct, field

from .causes import CAUSES
from .finding import Line, PhoneFinding, Remedy, Severity
from .models import MODELS, PhoneModel, model_of_load
from .offers import Offers, offers_of
from .phone_file import PhoneFile
from .policy import Policy, effective
from .shown import ANYCONNECT_SINCE, RUNNING, HeadEnd, Section, split_words

#: Whom a line concerns that is of the whole device.
EVERYBODY = "every SSL VPN user of the device and its HTTPS management"


class Url(Struct, frozen=True):
    """A URL of a phone, or a `group-url`, in parts."""

    text: str
    host: str
    port: int
    path: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What two that are the same have in common; that the case of the path matters is assumed."""
        return self.host.lower(), self.port, self.path.rstrip("/")


def read_url(text: str) -> Url | None:
    """Parts of an https URL; None for anything else."""
    found = re.fullmatch(r"https://(?P<host>[^/:\s]+)(?::(?P<port>\d{1,5}))?(?P<path>/\S*)?", text.strip())
    return Url(text.strip(), found["host"], int(found["port"] or 443), found["path"] or "/") if found else None


class GroupUrl(Struct, frozen=True):
    """One `group-url` line of a tunnel group."""

    group: str
    url: Url
    enabled: bool
    line: Line


class AuditAsked(Struct, frozen=True):
    """What is known besides: the file of a phone, its model, which tunnel group and interface are meant ("" for to be found)."""

    phone: PhoneFile | None = None
    model: PhoneModel | None = None
    group: str = ""
    interface: str = ""


class Case(Struct, dict=True):
    """One audit. ``unread`` has a sentence for each thing that could not be judged, ``notes`` what a person should know."""

    device: HeadEnd
    asked: AuditAsked
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def found(self, cause: str, severity: Severity, sentence: str, evidence: Iterable[Line], remedy: Remedy) -> PhoneFinding:
        """A finding; KeyError for a cause that stands in no table."""
        _ = CAUSES[cause]
        return PhoneFinding(cause, self.device.host, severity, sentence, tuple(evidence), remedy)

    @property
    def old(self) -> bool:
        """True before 8.4, where the words are `svc`."""
        return self.device.release < ANYCONNECT_SINCE

    @cached_property
    def webvpn(self) -> Section:
        """The global section; empty where there is none."""
        return self.device.section("webvpn") or Section("webvpn", ())

    @cached_property
    def urls(self) -> tuple[Url, ...]:
        """Of the phone's file."""
        phone = self.asked.phone
        for text in phone.urls if phone else ():
            if read_url(text) is None:
                self.unread.append(f"{text!r} in {phone.name if phone else ''} is no https URL of a name or an IPv4 address")
        return tuple(url for text in (phone.urls if phone else ()) if (url := read_url(text)))

    @cached_property
    def group_urls(self) -> tuple[GroupUrl, ...]:
        """Every `group-url` of the device."""
        return tuple(self._group_urls())

    def _group_urls(self) -> Iterator[GroupUrl]:
        for header, section in self.device.sections.items():
            words = split_words(header)
            if len(words) != 3 or words[0] != "tunnel-group" or words[2] != "webvpn-attributes":
                continue
            for line in section.all("group-url"):
                parts = split_words(line)
                url = read_url(parts[1]) if len(parts) > 1 else None
                if url is not None:
                    yield GroupUrl(words[1], url, parts[-1] == "enable", Line(f"{RUNNING}, {header}", line))

    @cached_property
    def models(self) -> tuple[PhoneModel, ...]:
        """The series that are meant: the one that was told, or the one of the phone's firmware, or all."""
        phone = self.asked.phone
        known = self.asked.model or (model_of_load(phone.load) if phone else None)
        return (known,) if known else tuple(dict.fromkeys(MODELS.values()))

    @cached_property
    def interface(self) -> str:
        """Where phones come in: as asked, with the address of their URL, the one with webvpn, or that of the default route."""
        if self.asked.interface:
            return self.asked.interface
        for name, address in self.device.interfaces.items():
            if address and any(url.host == address for url in self.urls):
                return name
        on = [line.split()[1] for line in self.webvpn.all("enable") if len(line.split()) > 1]
        return self.device.outer if self.device.outer in on or len(on) != 1 else on[0]

    @cached_property
    def group(self) -> str:
        """The tunnel group that phones come to; "" where that is not known, which is told."""
        if self.asked.group:
            return self.asked.group
        keys = [url.key for url in self.urls]
        wanted = [item.group for item in self.group_urls if item.url.key in keys]
        hosts = {url.host.lower() for url in self.urls}
        near = [item.group for item in self.group_urls if item.url.host.lower() in hosts]
        every = [item.group for item in self.group_urls]
        others = [name for name in self.device.tunnel_groups() if not name.startswith("Default")]
        for found in (wanted, near, every, others):
            only = _only(found)
            if only:
                return only
        told = ", ".join(dict.fromkeys(every or others))
        self.unread.append(
            f"which tunnel group phones come to is not known ({told} would do): give --phone-config FILE or --tunnel-group NAME, "
            "so that group URL, group policy, pool and access policies are judged"
            if told
            else "there is no tunnel group for remote access, so group policy, pool and access policies could not be judged"
        )
        return ""

    @cached_property
    def policy(self) -> Policy | None:
        """The effective group policy of that tunnel group; None where the group is not known."""
        return effective(self.device, self.group) if self.group else None

    @cached_property
    def offers(self) -> Offers:
        """TLS and DTLS of the device."""
        return offers_of(self.device)


def _only(names: Iterable[str]) -> str:
    """The one of them, or the one that is called after phones; "" where there is no such thing."""
    found = list(dict.fromkeys(names))
    if len(found) == 1:
        return found[0]
    phones = [name for name in found if "phone" in name.lower()]
    return phones[0] if len(phones) == 1 else ""


#: A person's work at the call manager, in the order that keeps phones connected.
RENEWAL = (
    "put the new certificate into a trustpoint of its own and do not bind it yet; upload it to the call manager as"
    " phone-VPN-trust, and assign it to the VPN gateway beside the old one; have every phone take its configuration over the old"
    " VPN (Apply Config); only then bind it with `ssl trust-point NEW`"
)
