"""Metrics for node_exporter's textfile collector: what is expected, what is up, every word of a verdict as 0 or 1.

Labels are names of the intent and the inventory, and selectors; an SA's index would make new series at each rekey. What is not
known has no sample, but for the verdict, where ``unverified`` is a word of its own: a missing tunnel is one that is expected
and has no other sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from ...checks.verdict import Configured, EndState, Verdict, Verification, Word
from ..commands.views.printable import printable
from ..history.moments import moment
from ..history.read import ServicePast
from .metrics import METRICS


class _Samples(Struct):
    """Samples by metric and labels; of two with the same labels the smaller stands, as the worse one."""

    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = field(default_factory=lambda: {name: {} for name in METRICS})

    def add(self, metric: str, value: float | None, **labels: str) -> None:
        if value is None:
            return
        key = tuple(labels.items())
        assert tuple(labels) == METRICS[metric].labels, f"{metric} has the labels {METRICS[metric].labels}"
        before = self.found[metric].get(key)
        self.found[metric][key] = value if before is None else min(before, value)


def prometheus(verification: Verification, pasts: Sequence[ServicePast] = ()) -> str:
    """The text format, version 0.0.4; ``pasts`` are what the history knows of the services, if anything."""
    samples = _Samples()
    _run(samples, verification)
    for verdict in verification.verdicts:
        _verdict(samples, verdict)
        for end in verdict.ends:
            _end(samples, verdict, end)
    judged = {(verdict.service, verdict.name) for verdict in verification.verdicts}
    for past in pasts:
        if (past.service, past.name) in judged:
            _past(samples, past)
    return "".join(_lines(samples))


def _run(samples: _Samples, verification: Verification) -> None:
    started, finished = moment(verification.started), moment(verification.finished)
    samples.add("nr_run_info", 1, version=verification.tool)
    samples.add("nr_run_last_success_timestamp_seconds", finished)
    samples.add("nr_run_duration_seconds", max(0, finished - started))
    samples.add("nr_run_healthy", verification.healthy)
    samples.add("nr_run_probed", verification.probed)
    for device in verification.devices:
        samples.add("nr_run_device_reachable", not device.problem, device=device.host)
        samples.add("nr_run_device_round_trips", device.round_trips, device=device.host)
        samples.add("nr_run_device_duration_seconds", device.seconds, device=device.host)


def _verdict(samples: _Samples, verdict: Verdict) -> None:
    labels = {"service": verdict.service, "tunnel": verdict.name}
    samples.add("nr_run_tunnel_expected", 1, **labels)
    for word in Word:
        samples.add("nr_run_tunnel_verdict", verdict.word is word, **labels, verdict=word.value)
    if verdict.configured is not Configured.UNKNOWN:
        samples.add("nr_run_tunnel_as_intended", verdict.configured is Configured.AS_INTENDED, **labels)
    samples.add("nr_run_tunnel_healthy", verdict.healthy, **labels)
    for figure in verdict.figures:
        samples.add("nr_run_service_figure", figure.value, **labels, what=figure.what)


def _end(samples: _Samples, verdict: Verdict, end: EndState) -> None:
    labels = {"service": verdict.service, "tunnel": verdict.name, "end": end.host}
    samples.add("nr_run_tunnel_up", _is_up(end), **labels)
    samples.add("nr_run_ike_up", end.ike_up, **labels)
    samples.add("nr_run_ike_age_seconds", end.ike_age_seconds, **labels)
    for flow in end.flows:
        selectors = {"local": flow.local, "remote": flow.remote}
        samples.add("nr_run_flow_up", flow.up, **labels, **selectors)
        samples.add("nr_run_flow_sa_age_seconds", flow.sa_age_seconds, **labels, **selectors)


def _is_up(end: EndState) -> bool | None:
    """True if every flow of this end has SAs, None where one could not be read and none is known to be down."""
    states = {flow.up for flow in end.flows}
    if False in states:
        return False
    return None if None in states or not states else True


def _past(samples: _Samples, past: ServicePast) -> None:
    labels = {"service": past.service, "tunnel": past.name}
    samples.add("nr_run_tunnel_since_timestamp_seconds", moment(past.since), **labels)
    samples.add("nr_run_tunnel_flaps_kept", past.flaps_kept, **labels)
    samples.add("nr_run_tunnel_last_proof_timestamp_seconds", moment(past.last_proof) if past.last_proof else None, **labels)
    samples.add("nr_run_key_changed_timestamp_seconds", moment(past.key_changed) if past.key_changed else None, **labels)
    generations: Counter[str] = Counter()
    for end in past.ends:
        generations[end.host] += end.generation
    for host, generation in generations.items():
        samples.add("nr_run_sa_generation", generation, **labels, end=host)


def _lines(samples: _Samples) -> Iterator[str]:
    for name, found in samples.found.items():
        if found:
            yield f"# HELP {name} {_help(METRICS[name].sentence)}\n# TYPE {name} {METRICS[name].type}\n"
            yield from (f"{name}{_labels(labels)} {float(value):.15g}\n" for labels, value in found.items())


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    written = ",".join(f'{name}="{_label(value)}"' for name, value in labels)
    return f"{{{written}}}" if written else ""


def _label(value: str) -> str:
    return printable(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _help(sentence: str) -> str:
    return sentence.replace("\\", "\\\\").replace("\n", "\\n")
