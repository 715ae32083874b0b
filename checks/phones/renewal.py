"""Where the renewal of a head-end's certificate stands: four stages, of which the last may not come before the others.

Phones trust the digest of the certificate. Whoever binds a new one before the phones have its digest cuts off every phone
outside, and none of them can be told any more (Cisco, Troubleshoot AnyConnect VPN phone, on a certificate that expires). What
stands at the call manager is seen in the files that phones take from it; that all phones have taken theirs is for a person to
confirm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from .audit import connected
from .case import read_url
from .certificate import Certificate, certificate_of, clock_of
from .finding import Line
from .offers import trustpoints_of
from .on_tls import SOON_DAYS
from .phone_file import PhoneFile
from .shown import CLOCK, RUNNING, HeadEnd


class RenewalStage(Struct, frozen=True):
    """One stage. ``done`` None: it cannot be told from here. ``next_step`` is what comes next where it is not done."""

    name: str
    done: bool | None
    sentence: str
    evidence: tuple[Line, ...] = ()
    next_step: str = ""
    #: By which a person says that it is done, where nothing shows whether it is; "" where that is no person's to say.
    confirm: str = ""
    #: Who has said so, and when.
    confirmed: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        evidence = [{"command": line.command, "line": line.text} for line in self.evidence]
        return {
            "stage": self.name,
            "done": self.done,
            "sentence": self.sentence,
            "evidence": evidence,
            "next_step": self.next_step,
            "confirmed": self.confirmed,
        }


class Renewal(Struct, frozen=True):
    """The renewal of one head-end. ``too_early``: the new certificate is bound, and phones do not trust it."""

    host: str
    trustpoint: str
    stages: tuple[RenewalStage, ...]
    too_early: bool
    unread: str = ""
    #: SHA-256 of the new certificate, in hexadecimal: what a person has confirmed is of this one and of no other.
    digest: str = ""

    @property
    def next_stage(self) -> RenewalStage | None:
        """The first stage that is not done."""
        return next((stage for stage in self.stages if not stage.done), None)

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.unread:
            return f"not known: {self.unread}"
        if self.too_early:
            return f"{self.trustpoint} is bound, and phones do not trust it: bind the former trustpoint again until they do"
        return f"next: {self.next_stage.next_step}" if self.next_stage else "the renewal is complete"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        stages = [stage.as_dict() for stage in self.stages]
        head = {"host": self.host, "trustpoint": self.trustpoint, "verdict": self.verdict}
        return {**head, "too_early": self.too_early, "unread": self.unread, "digest": self.digest, "stages": stages}

    def confirmed(self, said: Mapping[str, str]) -> Renewal:
        """With what people have said, by the name of the stage's confirmation: it counts where nothing shows otherwise."""
        stages = [_confirmed(stage, said.get(stage.confirm, "")) for stage in self.stages]
        if len(stages) > 1 and all(stage.done for stage in stages[:-1]):
            stages[-1] = replace(stages[-1], sentence=stages[-1].sentence.partition(_NOT_YET)[0])
        return replace(self, stages=tuple(stages))

    @property
    def may_bind(self) -> bool:
        """True where all that comes before the interface is done, and that is not."""
        *before, last = self.stages or (None,)
        return last is not None and last.done is False and bool(before) and all(stage and stage.done for stage in before)


#: Why the last stage has to wait.
_NOT_YET = "; not yet:"
#: Names by which a person confirms a stage.
CALL_MANAGER, PHONES = "call-manager", "phones"


def _confirmed(stage: RenewalStage, who: str) -> RenewalStage:
    if not who or stage.done is not None:
        return stage
    return replace(stage, done=True, sentence=f"{stage.sentence}; confirmed by {who}", confirmed=who)


def renewal(device: HeadEnd, interface: str, trustpoint: str, phones: Sequence[PhoneFile]) -> Renewal:
    """Judge all stages of the renewal to ``trustpoint``; ``phones`` are files as phones take them now."""
    new, begins = certificate_of(device, trustpoint)
    bound = trustpoints_of(device, interface)
    if new is None and begins.text:
        return Renewal(device.host, trustpoint, (), False, f"the bytes of {trustpoint} are no certificate")
    if clock_of(device) is None:
        return Renewal(device.host, trustpoint, (), False, f"the clock of the device: {device.why_not(CLOCK)}")
    if new is None:
        return Renewal(device.host, trustpoint, (_enrolled(device, trustpoint, None, begins, phones),), False)
    at_call_manager, taken = _at_call_manager(new, phones), _taken(device, new, phones)
    is_bound = any(name == trustpoint for name, _ in bound)
    last = _bound(interface, trustpoint, bound, ready=bool(at_call_manager.done and taken.done is not False))
    stages = (_enrolled(device, trustpoint, new, begins, phones), at_call_manager, taken, last)
    too_early = is_bound and (at_call_manager.done is False or taken.done is False) and bool(phones)
    return Renewal(device.host, trustpoint, stages, too_early, digest=new.digest("SHA-256").hex())


def _trusts(phone: PhoneFile, new: Certificate) -> bool:
    return any(new.digest(item.algorithm) == item.digest for item in phone.hashes)


def _enrolled(
    device: HeadEnd, trustpoint: str, new: Certificate | None, begins: Line, phones: Sequence[PhoneFile]
) -> RenewalStage:
    name = "the new certificate"
    if new is None:
        there = device.lines(f"crypto ca trustpoint {trustpoint}")
        words = "has no identity certificate" if there else "is not there"
        next_step = f"enrol trustpoint {trustpoint} beside the one that is bound, and do not bind it"
        return RenewalStage(name, False, f"trustpoint {trustpoint} {words}", (Line(RUNNING, "; ".join(there)),), next_step)
    clock = clock_of(device)
    now = clock.now if clock is not None else None
    wrong = []
    if new.kind != "RSA":
        wrong.append("it has no RSA key, which older phones need")
    # One that was enrolled a moment ago begins by UTC, and a clock whose zone is not known may be behind.
    if clock is not None and now is not None and not new.begins <= now + clock.unsure <= new.ends - timedelta(days=SOON_DAYS):
        wrong.append(f"it is valid from {new.begins:%Y-%m-%d} to {new.ends:%Y-%m-%d}, and now is {now:%Y-%m-%d}")
    hosts = {url.host for phone in phones if phone.checks_host for text in phone.urls if (url := read_url(text))}
    wrong += [f"it is not for {host}, and phones look at the name" for host in sorted(hosts) if not new.is_for(host)]
    sentence = f"trustpoint {trustpoint} has a certificate for {', '.join(new.names) or 'no name'}, until {new.ends:%Y-%m-%d}"
    if wrong:
        return RenewalStage(name, False, f"{sentence}; {'; '.join(wrong)}", (begins,), f"enrol {trustpoint} again")
    return RenewalStage(name, True, sentence, (begins, Line("SHA-1 of its bytes", new.digest_words("SHA-1"))))


def _at_call_manager(new: Certificate, phones: Sequence[PhoneFile]) -> RenewalStage:
    name = "the call manager"
    next_step = (
        f"at the call manager: upload the certificate of {new.trustpoint} as phone-VPN-trust (with the common name of the former"
        " one it takes its place there, CSCuh19734: then upload both again), assign it to the VPN gateway beside the old one,"
        " Apply Config; then fetch a phone's file from the TFTP server and say --phone-config FILE"
    )
    if not phones:
        return RenewalStage(
            name, None, "no phone's file was given, so what the call manager hands out is not known", (), next_step, CALL_MANAGER
        )
    having = [phone for phone in phones if _trusts(phone, new)]
    lines = tuple(Line(f"{phone.name}, credentials", ", ".join(item.text for item in phone.hashes)) for phone in phones[:4])
    if having:
        return RenewalStage(name, True, f"{having[0].name} has the digest of the new certificate", lines)
    return RenewalStage(name, False, f"no phone's file has the digest {new.digest_words('SHA-1')}", lines, next_step)


def _taken(device: HeadEnd, new: Certificate, phones: Sequence[PhoneFile]) -> RenewalStage:
    """Every phone that is connected now, by its name in its session and in that of its file."""
    name = "the phones"
    users = connected(device)
    given = {match[0].upper(): phone for phone in phones if (match := re.search(r"SEP[0-9A-Fa-f]{12}", phone.name))}
    without = [phone.name for phone in phones if not _trusts(phone, new)]
    unknown = [user for user in users if user[user.index("SEP") :].upper() not in given]
    next_step = (
        "have every phone take its configuration over the old VPN (Apply Config restarts it), and give the file of each with"
        " --phone-config; a phone that is off now has to come up before the new certificate is bound"
    )
    if without and phones:
        return RenewalStage(name, False, f"{', '.join(without)} has not the digest of the new certificate", (), next_step)
    count = f"{len(users)} phone{'' if len(users) == 1 else 's'} connected now"
    if unknown or not phones:
        words = f"; no file was given of {', '.join(unknown[:6])}" if unknown else ""
        sentence = f"{count}{words}: whether each has taken its file is for a person to say"
        return RenewalStage(name, None, sentence, (), next_step, PHONES)
    return RenewalStage(name, True, f"{count}, and the file of each has the digest of the new certificate")


def _bound(interface: str, trustpoint: str, bound: Sequence[tuple[str, Line]], *, ready: bool) -> RenewalStage:
    name = "the interface"
    lines = tuple(line for _, line in bound)
    if any(found == trustpoint for found, _ in bound):
        return RenewalStage(name, True, f"{interface} shows the certificate of {trustpoint}", lines)
    former = ", ".join(found for found, _ in bound) or "none"
    next_step = f"type: ssl trust-point {trustpoint} {interface}   (it concerns every SSL VPN user and HTTPS management)"
    waits = "" if ready else f"{_NOT_YET} phones that do not trust the new one are cut off, and can no longer be updated"
    return RenewalStage(name, False, f"{interface} shows that of {former}{waits}", lines, next_step)
