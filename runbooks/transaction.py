"""Both ends as one change: pushed, proved and saved together, or taken back together.

Every step is in the journal before it is taken. The far end goes first: should the near end then be refused, the box that
is harder to reach is the one that was just reachable. What is taken back is computed from what the box has at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..changes import tree
from ..checks.finding import Cause, Finding, Status, against, proved
from ..checks.observation import spis
from ..checks.read_back import read_back
from ..inventory.errors import DeviceRefused, Exit, Interrupted, NrRunError
from ..tasks.clear import clear
from ..tasks.gather import now, startup
from ..tasks.push import push
from ..tasks.save import Saved, save
from ..tasks.undo import Undone, undo
from .context import Context
from .fleet import run_on, run_on_one
from .outcome import DeviceRow, Result, TunnelOutcome
from .planning import EndPlan, TunnelPlan
from .proving import Proof, prove_tunnel


@dataclass(slots=True)
class Progressing:
    """How far a change has come; what is in here must be taken back when it fails."""

    touched: list[EndPlan] = field(default_factory=list)
    saved: list[EndPlan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    proof: Proof | None = None


class NotProved(NrRunError):
    """The change is on both boxes and the tunnel is not proved."""

    def __init__(self, findings: tuple[Finding, ...], cause: Cause | None) -> None:
        """``findings`` are all; the sentence names the worst."""
        self.cause = cause
        worst = against(findings)
        super().__init__(f"{worst[0].subject}: {worst[0].sentence}" if worst else "nothing could be judged")


def verify_only(context: Context, plan: TunnelPlan) -> TunnelOutcome:
    """Both boxes have everything: prove the tunnel without touching their configuration."""
    proof = prove_tunnel(context, plan)
    rows = _rows(plan, Progressing(proof=proof), saved=True)
    if proof.good:
        sentence = "both ends have this configuration already; the tunnel is proved up"
        return TunnelOutcome(plan.tunnel.name, Result.PROVED, Exit.OK, False, sentence, rows, proof.findings)
    error = NotProved(proof.findings, proof.cause)
    sentence = f"both ends have this configuration already, and the tunnel is not proved: {error}"
    return TunnelOutcome(
        plan.tunnel.name, Result.NOT_PROVED, Exit.VERIFY_FAILED, False, sentence, rows, proof.findings, proof.cause
    )


def change_tunnel(context: Context, plan: TunnelPlan) -> TunnelOutcome:
    """Push, prove and save both ends; on anything else, take both back. Never leaves without an outcome."""
    so_far = Progressing()
    try:
        _apply(context, plan, so_far)
        _prove(context, plan, so_far)
        _save(context, plan, so_far)
    except NrRunError as error:
        if not so_far.touched and isinstance(error, Interrupted):
            raise
        return _take_back(context, plan, so_far, error)
    except BaseException as error:
        # A defect of ours must not leave a box half-changed either; it is raised again when the boxes are as they were.
        _take_back(context, plan, so_far, NrRunError(type(error).__name__))
        raise
    context.folder.note("done", tunnel=plan.tunnel.name)
    findings = (*so_far.findings, *(so_far.proof.findings if so_far.proof else ()))
    sentence = "built on both ends, proved up and saved"
    return TunnelOutcome(plan.tunnel.name, Result.PROVED, Exit.OK, True, sentence, _rows(plan, so_far, saved=True), findings)


def _apply(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    for end in reversed(plan.ends):
        if not end.change:
            continue
        context.stop.check()
        context.progress.phase(end.host, f"push {sum(len(step.lines) for step in end.change.forward)} lines")
        context.folder.note("applying", tunnel=plan.tunnel.name, host=end.host)
        so_far.touched.append(end)
        arguments = {"change": end.change, "stop": context.stop, "note": context.folder.note}
        after = run_on_one(context.nornir, push, end.host, **arguments)
        context.folder.write(f"{plan.tunnel.name}/{end.host}/running-after.cfg", after + "\n")
        findings = read_back(end.change, end.snapshot.running, after, now())
        so_far.findings += findings
        if not proved(findings):
            raise NotProved(findings, next((finding.cause for finding in findings if finding.cause), None))
        context.folder.note("applied", tunnel=plan.tunnel.name, host=end.host)


def _prove(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    stale = {
        end.host: {"peer": end.end.remote.outside_ip, "os": end.platform.os}
        for end in plan.ends
        if end.snapshot.observation.rows(end.end.remote.outside_ip)
    }
    if stale:
        # A live SA would go on with the old configuration until its next rekey, and prove nothing.
        run_on(context.nornir, clear, stale)
    so_far.proof = prove_tunnel(context, plan)
    if not so_far.proof.good:
        raise NotProved(so_far.proof.findings, so_far.proof.cause)


def _save(context: Context, plan: TunnelPlan, so_far: Progressing) -> None:
    context.folder.note("commit-decided", tunnel=plan.tunnel.name)
    for end in reversed(plan.ends):
        if not end.change:
            continue
        context.progress.phase(end.host, "save")
        context.folder.note("saving", tunnel=plan.tunnel.name, host=end.host)
        so_far.saved.append(end)
        saved: Saved = run_on_one(context.nornir, save, end.host)
        if not saved.equal:
            raise DeviceRefused(f"{end.host}: the startup configuration is not the running one after saving")
        context.folder.note("saved", tunnel=plan.tunnel.name, host=end.host)


def _take_back(context: Context, plan: TunnelPlan, so_far: Progressing, error: NrRunError) -> TunnelOutcome:
    """The inverse on every box that was touched, all at once; then judge what they are now."""
    folder, waits = context.folder, context.waits
    folder.forgiving = True
    folder.note("rolling-back", tunnel=plan.tunnel.name, because=str(error))
    context.progress.say(f"{plan.tunnel.name}: {error}")
    arguments: dict[str, dict[str, Any]] = {}
    for end in so_far.touched:
        context.progress.phase(end.host, "take the change back")
        arguments[end.host] = {
            "change": end.change,
            "before": end.snapshot.running,
            "peer": end.end.remote.outside_ip,
            "patience_seconds": waits.reconnect,
            "pause_seconds": waits.reconnect_pause,
            "note": folder.note,
        }
    undone, errors = run_on(context.nornir, undo, arguments) if arguments else ({}, {})
    by_hand = [*_left_over(so_far, undone, errors), *_save_again(context, so_far, undone)]
    for end in so_far.touched:
        if end.host in undone:
            folder.write(f"{plan.tunnel.name}/{end.host}/running-after.cfg", undone[end.host].running + "\n")
    return _outcome_of_undo(context, plan, so_far, error, by_hand)


def _outcome_of_undo(
    context: Context, plan: TunnelPlan, so_far: Progressing, error: NrRunError, by_hand: list[str]
) -> TunnelOutcome:
    name, rows = plan.tunnel.name, _rows(plan, so_far, saved=False)
    findings = (*so_far.findings, *(so_far.proof.findings if so_far.proof else ()))
    cause = error.cause if isinstance(error, NotProved) else None
    if by_hand:
        context.folder.note("quarantined", tunnel=name, by_hand=by_hand)
        sentence = f"{error}; and not everything could be taken back: a person is needed"
        return TunnelOutcome(name, Result.QUARANTINED, Exit.QUARANTINED, True, sentence, rows, findings, cause, tuple(by_hand))
    context.folder.note("rolled-back", tunnel=name)
    context.folder.forgiving = False
    sentence = f"{error}; both ends are as they were before, read back and compared"
    return TunnelOutcome(name, Result.ROLLED_BACK, Exit.ROLLED_BACK, False, sentence, rows, findings, cause)


def _left_over(so_far: Progressing, undone: dict[str, Undone], errors: dict[str, NrRunError]) -> list[str]:
    """What a person has to do, one sentence a line; empty when every box is what it was."""
    todo: list[str] = []
    for end in so_far.touched:
        hand = f"on {end.host}, paste {end.host}/inverse.cfg of this run folder, then compare with {end.host}/running-before.cfg"
        if end.host in errors:
            todo.append(f"{errors[end.host]}; {hand}")
        elif not undone[end.host].exact:
            refused = "; ".join(f"{reply.line!r} was answered with {reply.words!r}" for reply in undone[end.host].refused)
            differing = _difference(end.snapshot.running, undone[end.host].running)
            todo.append(f"{end.host}: {refused or f'the configuration still differs ({differing})'}; {hand}")
    return todo


def _difference(before: str, after: str) -> str:
    old, new = (set(tree.normalise(text).splitlines()) for text in (before, after))
    lines = [f"+ {line.strip()}" for line in sorted(new - old)] + [f"- {line.strip()}" for line in sorted(old - new)]
    return "; ".join(lines[:4]) or "the order of lines"


def _save_again(context: Context, so_far: Progressing, undone: dict[str, Undone]) -> list[str]:
    """Where the change had reached the startup configuration, save what runs now, which is what ran before."""
    todo: list[str] = []
    for end in so_far.saved:
        if end.host not in undone or not undone[end.host].exact:
            todo.append(f"{end.host}: its startup configuration may hold the change; when it runs as before, write memory")
            continue
        try:
            saved: Saved = run_on_one(context.nornir, save, end.host)
            good = tree.normalise(saved.startup) == tree.normalise(end.snapshot.running)
        except NrRunError:
            good = _startup_untouched(context, end)
        if not good:
            todo.append(f"{end.host}: its startup configuration may hold the change; free its NVRAM and write memory")
    return todo


def _startup_untouched(context: Context, end: EndPlan) -> bool:
    """A box that refuses to save may never have saved the change either: then its startup is what it was."""
    try:
        text: str = run_on_one(context.nornir, startup, end.host)
    except NrRunError:
        return False
    return tree.normalise(text) == tree.normalise(end.snapshot.startup)


def _rows(plan: TunnelPlan, so_far: Progressing, *, saved: bool) -> tuple[DeviceRow, ...]:
    rows = []
    for number, end in enumerate(plan.ends):
        phase_1, phase_2, encaps, decaps = "-", "-", None, None
        if so_far.proof:
            watched = so_far.proof.ends[number]
            states = [row.state for row in watched.after.rows(end.end.remote.outside_ip)]
            phase_1 = "QM_IDLE" if "QM_IDLE" in states else (states[0] if states else "none")
            flow = watched.after.flow(*watched.probed)
            pairs = min(len(spis(flow, "inbound")), len(spis(flow, "outbound"))) if flow else 0
            phase_2 = f"{pairs} SA pair" if pairs == 1 else f"{pairs} SA pairs" if pairs else "none"
            encaps, decaps = (flow.encapsulated_packets, flow.decapsulated_packets) if flow else (None, None)
        touched = end in so_far.touched
        kept = saved and not _unproved(so_far)
        rows.append(DeviceRow(end.host, touched, touched and saved, phase_1, phase_2, encaps, decaps, kept))
    return tuple(rows)


def _unproved(so_far: Progressing) -> bool:
    return so_far.proof is None or any(item.status is Status.FAILED for item in so_far.proof.findings)
