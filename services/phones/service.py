"""The service ``vpn-phones``: IP phones that come to one tunnel group of one ASA. It is verified, and never built."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

from msgspec import Struct

from ...checks.finding import Finding
from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import Question
from ...checks.phones.case import read_url
from ...checks.phones.phone_file import PhoneFile
from ...checks.phones.pools import command_for
from ...checks.phones.readiness import readiness
from ...checks.phones.shown import commands_for
from ...checks.verdict import Verdict
from ...inventory.errors import IntentError, NothingMatched
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ..common.own_checks import nearest_place, refuse_wrong
from ..common.verifying import Seeing
from ..service import Deployment, Member, Place
from ..watched import Setting, WatchedDeployment
from .files import phone_file_at
from .intent import PhoneAccess, Phones, load
from .verdict import verdict_of

_NAME = "vpn-phones"
#: It has no address that the intent knows: the interface is one by its name.
_NOWHERE = IPv4Address(0)


class HeadEndOfPhones(Struct, frozen=True):
    """What one ASA shall have; ``files`` are those that phones take, as far as they are kept."""

    wanted: Phones
    files: tuple[PhoneFile, ...] = ()


def settings_of(wanted: Phones) -> tuple[Setting, ...]:
    """The lines that the ASA has to have for phones, whoever types them."""
    group, url = wanted.tunnel_group, read_url(wanted.group_url)
    assert url is not None  # the intent has refused it
    name = re.escape(group)
    # The name of the host is read whatever its case; the path is not.
    host, rest = re.escape(f"https://{url.host}"), re.escape(wanted.group_url[len(f"https://{url.host}") :].rstrip("/"))
    same = rf"group-url (?i:{host}){rest}/?"
    found = [
        Setting("webvpn", f"enable {wanted.interface}", rf"enable {re.escape(wanted.interface)}(?: tls-only)?"),
        Setting(
            "",
            f"tunnel-group {group} type remote-access",
            rf"tunnel-group {name} type (?:remote-access|webvpn)",
            rf"tunnel-group {name} type \S+",
            is_ground=True,
        ),
        Setting(
            f"tunnel-group {group} webvpn-attributes", f"group-url {wanted.group_url} enable", rf"{same} enable", rf"{same}.*"
        ),
    ]
    if wanted.group_policy:
        line = f"default-group-policy {wanted.group_policy}"
        found.append(Setting(f"tunnel-group {group} general-attributes", line, re.escape(line), r"default-group-policy \S+"))
    if wanted.trustpoint:
        line = f"ssl trust-point {wanted.trustpoint} {wanted.interface}"
        every, here = rf"ssl trust-point {re.escape(wanted.trustpoint)}", re.escape(wanted.interface)
        # One for all interfaces is that of an interface without its own.
        found.append(Setting("", line, rf"{every}(?: {here})?", rf"ssl trust-point \S+ {here}"))
    return tuple(found)


def deployment_of(wanted: Phones, files: tuple[PhoneFile, ...] = ()) -> WatchedDeployment[Phones]:
    """One member, and nothing that is pushed to it."""
    member = Member(wanted.host, "head-end of phones", HeadEndOfPhones(wanted, files))
    return WatchedDeployment(
        wanted.name,
        _NAME,
        wanted,
        (member,),
        (),
        (wanted.host,),
        (),
        found=False,
        checks=wanted.checks,
        settings={wanted.host: settings_of(wanted)},
    )


def place_of(wanted: Phones) -> Place:
    """Its ASA is played as a head-end in order, with the names of the intent."""
    words = {
        "interface": wanted.interface,
        "group": wanted.tunnel_group,
        "policy": wanted.group_policy or "",
        "url": wanted.group_url,
        "pool": wanted.address_pools[0],
        "trustpoint": wanted.trustpoint or "",
    }
    return Place(wanted.host, "", _NOWHERE, (), plays={"phones": words})


class IntendedPhones(Struct, frozen=True):
    """The access of phones of one inventory."""

    access: PhoneAccess
    platforms: Mapping[str, Platform]

    def select(
        self,
        names: Sequence[str],
        today: date,  # noqa: ARG002 - nothing here ends by a date
        *,
        removal: bool,
    ) -> tuple[tuple[WatchedDeployment[Phones], ...], tuple[str, ...]]:
        """The named ones, or all active ones. Raises NothingMatched and IntentError."""
        chosen = self.access.chosen(tuple(names), any_status=removal)
        for one in chosen:
            refuse_unknown((one.host,), self.platforms, f"phone access {one.name}")
            self._check(one)
        return tuple(deployment_of(one, self._files(one)) for one in chosen), ()

    def _check(self, one: Phones) -> None:
        platform = self.platforms[one.host]
        if not system_of(platform).takes_phones:
            raise IntentError(
                f"{self._place(one)}: phone access {one.name}: {one.host} is a {platform.model}: phones connect to an ASA"
            )
        place = nearest_place(self.access.places, one.name)
        refuse_wrong(f"phone access {one.name}", one.checks, {one.host: platform}, place)

    def _files(self, one: Phones) -> tuple[PhoneFile, ...]:
        try:
            return tuple(phone_file_at(self.access.path.parent / name) for name in one.phone_configs)
        except IntentError as error:
            raise IntentError(f"{self._place(one)}: phone access {one.name}: {error}") from None

    def _place(self, one: Phones) -> str:
        return str(self.access.places.get(one.name, self.access.path))

    def names(self) -> tuple[str, ...]:
        """The active ones."""
        return tuple(name for name, one in self.access.by_name.items() if one.status == "active")

    def places(self) -> tuple[Place, ...]:
        """Where the ASAs of active ones stand: what is only planned is on no device."""
        return tuple(place_of(one) for one in self.access.by_name.values() if one.status == "active")

    def has(self, name: str) -> bool:
        """True for one of the intent."""
        return name in self.access.by_name

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:  # noqa: ARG002 - nothing is looked for
        """A head-end that nobody intends is found by nr-run audit-vpn-phone."""
        return iter(())

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        return self.access.not_there(name)

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment:  # noqa: ARG002 - nothing is removed
        """Nothing of it is ever removed. Raises NothingMatched."""
        raise NothingMatched(self.not_there(name))

    def still_wanted(self, deployment: Deployment) -> str:  # noqa: ARG002 - nothing is removed
        """Nothing of it is ever removed."""
        return ""


class PhonesService:
    """The service: as much as is verified (`Verified`), and nothing that builds."""

    name = _NAME
    noun = "phone access"
    wanted = Phones

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> IntendedPhones:
        """The records of ``vpn-phones.yaml``. Raises IntentError."""
        return IntendedPhones(load(inventory), platforms)

    def deployment(self, wanted: Phones) -> WatchedDeployment[Phones]:
        """One member."""
        return deployment_of(wanted)

    def references(self, deployment: Deployment) -> tuple[str, ...]:  # noqa: ARG002 - none has any
        """It holds no secret."""
        return ()

    def places(self, deployment: Deployment) -> tuple[Place, ...]:
        """Its ASA, as a head-end."""
        return (place_of(deployment.wanted),)

    def survey(self, deployment: Deployment, member: Member) -> tuple[Question, ...]:  # noqa: ARG002 - no question has a view of it
        """What it is judged by is in `shows`."""
        return ()

    def shows(self, deployment: Deployment, member: Member, platform: Platform) -> tuple[str, ...]:
        """What an audit asks, and the use of the pools."""
        wanted: Phones = deployment.wanted
        if member.host != wanted.host:
            return ()
        return (*commands_for(platform.release), *map(command_for, wanted.address_pools))

    def readied_on(self, inventory: Path) -> frozenset[str]:
        """The ASAs to which phones come. Raises IntentError."""
        return frozenset(one.host for one in load(inventory).by_name.values() if one.status == "active")

    def readied(self, host: str, platform: Platform, outputs: Mapping[str, str], time: str) -> tuple[Finding, ...]:
        """Whether release and licences let phones in."""
        return readiness(host, platform, outputs, time)

    def stimulus(self, deployment: Deployment, member: Member, shown: Shown) -> tuple[Stimulus, ...]:  # noqa: ARG002
        """A phone cannot be called from the ASA."""
        return ()

    def verdict(self, deployment: Deployment, seeing: Seeing) -> Verdict:
        """Could a phone come in, and are those in that are expected."""
        return verdict_of(deployment, seeing, self.title(deployment), deployment.members[0].wants.files)

    def title(self, deployment: Deployment) -> str:
        """The ASA and the tunnel group."""
        wanted: Phones = deployment.wanted
        return f"{wanted.host} {wanted.interface} <- IP phones of {wanted.tunnel_group}"

    def for_people(self, deployment: Deployment) -> tuple[str, ...]:
        """The description, and the user's own checks."""
        wanted: Phones = deployment.wanted
        own = tuple(check.for_people for check in wanted.checks)
        return (*([wanted.description] if wanted.description else []), *own)


PHONES = PhonesService()
