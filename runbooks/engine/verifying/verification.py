"""Tunnels that need no change: verified, and unsaved configurations saved if that was accepted."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ....checks.finding import Status, proved
from ....inventory.errors import Exit, NrRunError
from ....tasks.save import Saved, save
from ..change_state import ChangeState, NotVerified, rows
from ..context import Context
from ..nornir_run import run_on
from ..outcome import Result, TunnelOutcome
from ..plans.planning import DeploymentPlan, MemberPlan
from ..transaction import untested_words, with_full_size
from .gates import prove, proved_word


def verify_only(context: Context, plan: DeploymentPlan) -> TunnelOutcome:
    """Both devices have everything: verify the tunnel without touching their configuration.

    The prechecks are part of the proof: a device that is another one, armed, or not saved, is not as it has to be. Then what was
    to be saved is saved.
    """
    noun = context.service.noun
    proof, there = prove(context, plan), f"{plan.everywhere} {plan.have} this configuration already"
    accepted = tuple(
        item for end in plan.members for item in end.prechecks if item.check == "saved" and item.status is Status.WARNING
    )
    findings = (*plan.objections, *accepted, *proof.findings)
    is_saved = not accepted and not any(item.check == "saved" for item in plan.objections)
    devices = rows(plan, ChangeState(proof=proof), saved=is_saved)
    name, left, reach = plan.name, proof.untested, proof.reach
    if not proved(proof.findings):
        sentence = f"{there}, and the {noun} is not verified: {NotVerified(proof.findings, proof.cause)}"
        return TunnelOutcome(name, Result.NOT_VERIFIED, Exit.VERIFY_FAILED, False, sentence, devices, findings, proof.cause)
    if plan.objections:
        sentence = f"{there} and the {noun} is {proved_word(plan, 'up')}, but {NotVerified(plan.objections, None)}"
        return TunnelOutcome(name, Result.REFUSED, Exit.PRECHECK_FAILED, False, sentence, devices, findings)
    sentence = f"{there}; the {noun} is {proved_word(plan, 'verified up')}{reach.words}{untested_words(left)}"
    result = Result.VERIFIED if reach.traffic else Result.SAS_UP
    outcome = TunnelOutcome(name, result, Exit.OK, False, sentence, devices, findings, untested=left, reach=reach.sentence)
    return save_accepted(context, plan, with_full_size(outcome))


def save_accepted(context: Context, plan: DeploymentPlan, outcome: TunnelOutcome) -> TunnelOutcome:
    """The outcome of a tunnel, after what its unchanged devices run and have not saved was saved (``--accept-unsaved``)."""
    ends = plan.to_be_saved
    if not ends:
        return outcome
    try:
        _save(context, plan, ends)
    except NrRunError as error:
        sentence = f"{outcome.sentence}; but {error}"
        return replace(outcome, result=Result.NOT_VERIFIED, exit_code=error.exit_code, sentence=sentence)
    hosts = {end.host for end in ends}
    devices = tuple(replace(row, saved=True) for row in outcome.devices)
    sentence = f"{outcome.sentence}; what {' and '.join(sorted(hosts))} had not saved is saved, as you asked"
    return replace(outcome, changed=True, sentence=sentence, devices=devices)


def _save(context: Context, plan: DeploymentPlan, ends: Sequence[MemberPlan]) -> None:
    """Raises NrRunError when a device did not take it, or starts with something else than it runs."""
    for end in ends:
        context.stop.check()
        context.progress.phase(end.host, "save")
        context.folder.note("saving", tunnel=plan.name, host=end.host)
    saved, errors = run_on(context.nornir, save, {end.host: {} for end in ends})
    if errors:
        raise next(iter(errors.values()))
    held: dict[str, Saved] = saved
    for host, now in held.items():
        if not now.equal:
            raise NrRunError(f"{host}: the startup configuration is not the running one after saving")
        context.folder.note("saved", tunnel=plan.name, host=host)
