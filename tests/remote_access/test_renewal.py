"""The renewal of a certificate: the stages in their order, each by what shows it; the last one never comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from nr_run.checks.phones.phone_file import PhoneFile, read_phone_file
from nr_run.checks.phones.renewal import Renewal, renewal
from nr_run.checks.phones.shown import CLOCK, SESSIONS, HeadEnd
from nr_run.inventory.errors import Exit
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site
from nr_run.runbooks.phones.renewal import Renewed

from .ground import CREDENTIALS, Site, shown
from .test_details import chain, with_text

OLD, NEW = phone_site.certificate(), phone_site.certificate("vpn.example.com", ("vpn.example.com", "new.example.com"))
MAC = "SEP00005E005301"
ANCHOR = "crypto ca trustpool policy"


@pytest.fixture(scope="module")
def device() -> HeadEnd:
    """A head-end with the old certificate bound and the new one enrolled, and one phone connected."""

    async def ask() -> HeadEnd:
        return await shown(Rehearsal({"fw": Site().order}, 1.0, CREDENTIALS), Site())

    made = with_text(asyncio.run(ask()), (ANCHOR, chain("NEW", NEW) + ANCHOR))
    return replace(
        made, outputs={**made.outputs, SESSIONS: f"Session Type: AnyConnect\n\nUsername     : CP-7962G-{MAC}   Index : 1\n"}
    )


def phone(der: bytes, name: str = MAC, *, check: bool = False) -> PhoneFile:
    """The file of a phone that trusts a certificate."""
    return read_phone_file(f"{name}.cnf.xml", phone_site.phone_file(der, check=check))


def bound(device: HeadEnd) -> HeadEnd:
    """With the new certificate bound."""
    return with_text(device, ("ssl trust-point SSL outside", "ssl trust-point NEW outside"))


def judged(device: HeadEnd, *phones: PhoneFile, trustpoint: str = "NEW") -> Renewal:
    """The stages."""
    return renewal(device, "outside", trustpoint, phones)


def done(made: Renewal) -> Sequence[bool | None]:
    """What is done, stage by stage."""
    return [stage.done for stage in made.stages]


def test_a_trustpoint_that_is_not_enrolled(device: HeadEnd) -> None:
    """First comes a certificate beside the one that is bound, and nothing is said of the rest."""
    made = judged(device, trustpoint="NEWER")
    assert done(made) == [False]
    assert "do not bind it" in made.verdict
    assert Renewed(made).code is Exit.PENDING


def test_without_a_file_the_call_manager_is_not_known(device: HeadEnd) -> None:
    """What the call manager hands out is seen in a phone's file alone: without one it is not known, and never assumed."""
    made = judged(device)
    assert done(made) == [True, None, None, False]
    assert made.next_stage is not None
    assert "--phone-config" in made.next_stage.next_step
    assert "not yet" in made.stages[-1].sentence


def test_a_file_with_the_old_digest(device: HeadEnd) -> None:
    """While a phone's file has the old digest alone, the new certificate may not be bound."""
    made = judged(device, phone(OLD))
    assert done(made) == [True, False, False, False]
    assert "phone-VPN-trust" in made.verdict
    assert "not yet" in made.stages[-1].sentence


def test_one_phone_of_two_has_not_taken_it(device: HeadEnd) -> None:
    """One file that has the digest shows that the call manager has it; another that has not keeps the last stage back."""
    made = judged(device, phone(NEW), phone(OLD, "SEP00005E005302"))
    assert done(made) == [True, True, False, False]
    assert "SEP00005E005302" in made.stages[2].sentence


def test_a_connected_phone_without_a_file(device: HeadEnd) -> None:
    """A phone that is connected and whose file was not given is named, and whether it has taken it is for a person to say."""
    made = judged(device, phone(NEW, "SEP00005E005302"))
    assert done(made) == [True, True, None, False]
    assert f"CP-7962G-{MAC}" in made.stages[2].sentence


def test_the_line_that_binds_comes_last(device: HeadEnd) -> None:
    """When all have it the line is told; when it has been typed the renewal is complete."""
    made = judged(device, phone(NEW))
    assert done(made) == [True, True, True, False]
    assert "ssl trust-point NEW outside" in made.verdict
    after = judged(bound(device), phone(NEW))
    assert (after.verdict, Renewed(after).code) == ("the renewal is complete", Exit.OK)


def test_bound_too_early_is_told_as_that(device: HeadEnd) -> None:
    """A new certificate that is bound while a phone trusts the old one cuts it off, and that is an error."""
    made = judged(bound(device), phone(OLD))
    assert made.too_early
    assert "bind the former trustpoint again" in made.verdict
    assert Renewed(made).code is Exit.VERIFY_FAILED


def test_a_certificate_that_phones_cannot_take(device: HeadEnd) -> None:
    """A new certificate with an elliptic key, or for another host where phones look at it, is not ready."""
    elliptic = with_text(device, (ANCHOR, chain("EC", phone_site.certificate(elliptic=True)) + ANCHOR))
    assert "no RSA key" in judged(elliptic, trustpoint="EC").stages[0].sentence
    other = phone_site.certificate("asa9.example.com", ())
    elsewhere = with_text(device, (ANCHOR, chain("ELSE", other) + ANCHOR))
    made = judged(elsewhere, phone(other, check=True), trustpoint="ELSE")
    assert done(made)[0] is False
    assert "not for vpn.example.com" in made.stages[0].sentence


def test_what_is_not_shown_is_not_known(device: HeadEnd) -> None:
    """Without the clock of the device nothing is said of a certificate's dates, nor of what comes next."""
    made = judged(replace(device, outputs={**device.outputs, CLOCK: ""}), phone(NEW))
    assert (made.stages, Renewed(made).code) == ((), Exit.UNREACHABLE)
    assert made.verdict.startswith("not known")
