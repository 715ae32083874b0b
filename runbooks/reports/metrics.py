"""Every metric that nr-run writes: its type, its labels, and what it says. docs/reference/outputs.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Metric(Struct, frozen=True):
    """One metric in the words of the text format."""

    type: str
    labels: tuple[str, ...]
    sentence: str


_TUNNEL = ("service", "tunnel")
_END = (*_TUNNEL, "end")
_FLOW = (*_END, "local", "remote")

METRICS: Mapping[str, Metric] = {
    "nr_run_info": Metric("gauge", ("version",), "Version of nr-run, always 1."),
    "nr_run_last_success_timestamp_seconds": Metric(
        "gauge", (), "When the last verification that finished did so, whatever it found."
    ),
    "nr_run_duration_seconds": Metric("gauge", (), "How long that verification took."),
    "nr_run_healthy": Metric("gauge", (), "1 if there was something to verify and all of it was healthy."),
    "nr_run_probed": Metric("gauge", (), "1 if traffic was sent to verify the services."),
    "nr_run_device_reachable": Metric("gauge", ("device",), "1 if the device was reached and read."),
    "nr_run_device_round_trips": Metric("gauge", ("device",), "Exchanges with the device."),
    "nr_run_device_duration_seconds": Metric("gauge", ("device",), "How long the device took."),
    "nr_run_tunnel_expected": Metric("gauge", _TUNNEL, "1 for every service of the intent that was asked for."),
    "nr_run_tunnel_healthy": Metric("gauge", _TUNNEL, "1 if it works, or waits for traffic, and is built as intended."),
    "nr_run_tunnel_verdict": Metric("gauge", (*_TUNNEL, "verdict"), "1 for the word of the verdict, 0 for the others."),
    "nr_run_tunnel_as_intended": Metric(
        "gauge", _TUNNEL, "1 if the running configurations have it as intended; no sample if that is not known."
    ),
    "nr_run_service_figure": Metric(
        "gauge", (*_TUNNEL, "what"), "A number to watch a service by: sessions, free addresses, days of a certificate."
    ),
    "nr_run_tunnel_up": Metric(
        "gauge", _END, "1 if this end has SAs for all of it, which an idle tunnel has not; no sample if that is not known."
    ),
    "nr_run_ike_up": Metric("gauge", _END, "1 if IKE is up at this end; no sample if that is not known."),
    "nr_run_ike_age_seconds": Metric("gauge", _END, "Age of the IKE SA."),
    "nr_run_flow_up": Metric("gauge", _FLOW, "1 if this pair of selectors has SAs; no sample if that is not known."),
    "nr_run_flow_sa_age_seconds": Metric("gauge", _FLOW, "Age of the SAs of this pair of selectors."),
    "nr_run_tunnel_since_timestamp_seconds": Metric("gauge", _TUNNEL, "Since when the word of the verdict holds."),
    "nr_run_tunnel_flaps_kept": Metric(
        "gauge", _TUNNEL, "How often it stopped working or began IKE again before its time, as far as the history goes back."
    ),
    "nr_run_tunnel_last_proof_timestamp_seconds": Metric("gauge", _TUNNEL, "When traffic of our own last verified it up."),
    "nr_run_key_changed_timestamp_seconds": Metric("gauge", _TUNNEL, "When nr-run last changed its pre-shared key."),
    "nr_run_sa_generation": Metric(
        "gauge", _END, "How often IKE began again before its time at this end; expected rekeys are left out."
    ),
}
