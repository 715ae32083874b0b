"""A head-end of the lab with mistakes planted, what it shows, what the audit says of it, and whether a phone connects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.phones.audit import Audit, audit
from nr_run.checks.phones.case import AuditAsked
from nr_run.checks.phones.models import model_named
from nr_run.checks.phones.phone_file import read_phone_file
from nr_run.checks.phones.pools import commands_of
from nr_run.checks.phones.shown import HeadEnd, commands_for
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site

CREDENTIALS = {"device-password": "x", "enable-secret": "y"}
RELEASES = {"asa82": "8.2(5)", "asa91": "9.1(7)", "asa919": "9.19(1)", "asa924": "9.24(1)"}


class Site(Struct, frozen=True):
    """A head-end and a phone, in plain words, before anything is started."""

    profile: str = "asa919"
    release: str = ""
    model: str = "7962"
    #: What is special about the certificate, in the words of `phone_site.certificate`.
    special: tuple[tuple[str, object], ...] = ()
    more: tuple[str, ...] = ()
    licences: Mapping[str, str] = field(default_factory=lambda: dict(phone_site.LICENCES))
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What the phone trusts, where that is not the certificate of the head-end; and what stands in its file besides.
    trusted: bytes = b""
    urls: tuple[str, ...] = (f"https://{phone_site.URL_HOST}/{phone_site.GROUP}",)
    check: bool = True
    #: Sessions, and addresses of each pool, that others have.
    sessions: int = 0
    addresses: int = 0

    @property
    def words(self) -> phone_site.Words:
        """The words of the release."""
        return phone_site.WORDS[self.profile]

    @property
    def certificate(self) -> bytes:
        """Of the head-end."""
        return phone_site.certificate(**dict(self.special))  # type: ignore[arg-type]

    @property
    def xml(self) -> str:
        """The file of the phone."""
        return phone_site.phone_file(self.trusted or self.certificate, urls=self.urls, check=self.check)

    @property
    def order(self) -> dict[str, object]:
        """What the lab is to play."""
        release = {"release": self.release} if self.release else {}
        lines = [*phone_site.lines(self.words, self.certificate), *self.more]
        files = {name: list(text) for name, text in self.files.items()}
        return {"profile": self.profile, **release, "more": lines, "licences": dict(self.licences), "files": files}


Plant = Callable[[Site], Site]


def certified(site: Site, **special: object) -> Site:
    """With a certificate that has something special."""
    return replace(site, special=tuple({**dict(site.special), **special}.items()))


def typed(site: Site, *lines: str) -> Site:
    """With further lines."""
    return replace(site, more=(*site.more, *lines))


class Outcome(Struct, frozen=True):
    """What the audit says, and whether the phone connects."""

    audit: Audit
    connected: bool
    stopped_by: str

    @property
    def causes(self) -> set[str]:
        """The causes that are named."""
        return {finding.id for finding in self.audit.causes}


def run(site: Site, model: str | None = None) -> Outcome:
    """Bring the site up in this process, ask it what the audit asks, judge, and have the phone connect."""
    return asyncio.run(_run(site, model))


async def _run(site: Site, model: str | None) -> Outcome:
    lab = Rehearsal({"fw": site.order}, 1.0, CREDENTIALS)
    lab.box("fw").other_sessions = site.sessions  # type: ignore[attr-defined]
    lab.box("fw").other_addresses = site.addresses  # type: ignore[attr-defined]
    asked = AuditAsked(read_phone_file("SEP.cnf.xml", site.xml), model_named(model or site.model))
    device = await shown(lab, site, asking=asked)
    made = audit(device, asked)
    call = await lab.client("phone", "phone", {"host": "fw", "xml": site.xml, "model": model or site.model})
    return Outcome(made, bool(call["connected"]), str(call["failed"]))


async def shown(lab: Rehearsal, site: Site, commands: Iterable[str] = (), asking: AuditAsked | None = None) -> HeadEnd:
    """What the head-end shows."""
    platform = platform_for("ASA", site.release or RELEASES[site.profile])
    running = Configuration("fw", "asa", "show running-config", await lab.execute("fw", "show running-config"))
    asked = tuple(commands) or commands_for(platform.release)
    outputs = {command: await lab.execute("fw", command) for command in asked}
    made = HeadEnd("fw", platform, running, outputs)
    further = {command: await lab.execute("fw", command) for command in commands_of(made, asking or AuditAsked())}
    return replace(made, outputs={**outputs, **further})
