"""Verifications to test with: small builders, and strategies for any that can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from nr_run.checks.finding import Cause, Evidence, Finding, Status
from nr_run.checks.verdict import (
    Configured,
    DeviceState,
    EndState,
    FlowState,
    KnownBy,
    Operating,
    Verdict,
    Verification,
)

#: For laws over these records: nothing is judged by how long a busy machine takes.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
START = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
#: What a device may print: markup, quotes, what steers a terminal, lone surrogates, line ends.
NASTY = '<script>alert(1)</script> "quoted" \\ back\nnext \x1b[31m \u202e & \ud800'


def at(minutes: float) -> str:
    """A time so many minutes after the start, as records have it."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def flow(**changes: object) -> FlowState:
    """A pair of selectors that carries traffic."""
    given: dict[str, object] = {"up": True, "encaps": 5, "decaps": 5, "spis": (0x1234,), "sa_age_seconds": 100, **changes}
    return FlowState("10.1.0.0/24", "10.2.0.0/24", **given)  # type: ignore[arg-type]


def end(host: str = "hq", **changes: object) -> EndState:
    """One end with IKE up."""
    given: dict[str, object] = {
        "configured": Configured.AS_INTENDED,
        "ike": "QM_IDLE",
        "ike_up": True,
        "ike_id": "1001",
        "flows": (flow(),),
        "role": "hub",
        "peer": "192.0.2.2",
        **changes,
    }
    return EndState(host, **given)  # type: ignore[arg-type]


CAUSE = Cause("F1", "the pre-shared keys differ", "probable", "debug crypto isakmp", "enter the key on both ends again")
FINDING = Finding(
    "ike",
    "hq",
    Status.FAILED,
    "IKE does not come up",
    (Evidence("hq", "show crypto isakmp sa", "state", "MM_KEY_EXCH", at(0)),),
    CAUSE,
)


def verdict(name: str = "hq-branch", operating: Operating = Operating.UP, minutes: float = 0, **changes: object) -> Verdict:
    """A verdict on a tunnel between two sites."""
    given: dict[str, object] = {
        "configured": Configured.AS_INTENDED,
        "known_by": KnownBy.NOTHING if operating is Operating.UNKNOWN else KnownBy.PROBE,
        "sentence": f"{name} is {operating.value}",
        "ends": (end("hq"), end("branch")),
        "sites": ("hq", "branch"),
        "title": f"hq <-> {name}",
        "time": at(minutes),
        **changes,
    }
    return Verdict("l2l", name, operating=operating, **given)  # type: ignore[arg-type]


def verification(*verdicts: Verdict, minutes: float = 0, **changes: object) -> Verification:
    """A verification with these verdicts, half a minute long."""
    given: dict[str, object] = {
        "run": f"run-{minutes}",
        "tool": "0.1.0",
        "started": at(minutes - 0.5),
        "finished": at(minutes),
        "probed": True,
        "devices": (DeviceState("hq", "Cisco 2611, IOS 12.2(8)T", "", 5, 1.5),),
        **changes,
    }
    return Verification(verdicts=verdicts, **given)  # type: ignore[arg-type]


texts = st.one_of(st.text(max_size=12), st.sampled_from([NASTY, "a\\b", 'say "x"', "line\nline", "]]>", "", "é"]))
names = st.text(alphabet="abcXYZ019_.-", min_size=1, max_size=8)
flows = st.builds(
    FlowState,
    texts,
    texts,
    st.one_of(st.none(), st.booleans()),
    encaps=st.one_of(st.none(), st.integers(0, 2**32)),
    decaps=st.one_of(st.none(), st.integers(0, 2**32)),
    spis=st.lists(st.integers(1, 2**32 - 1), max_size=2).map(tuple),
    sa_age_seconds=st.one_of(st.none(), st.integers(0, 90000)),
)
ends = st.builds(
    EndState,
    names,
    texts,
    texts,
    st.sampled_from(Configured),
    texts,
    st.one_of(st.none(), st.booleans()),
    st.sampled_from(["", "1", "2", "3"]),
    st.one_of(st.none(), st.integers(0, 90000)),
    st.lists(flows, max_size=2).map(tuple),
    st.one_of(st.none(), st.integers(60, 86400)),
)
evidence = st.builds(Evidence, names, texts, texts, texts, st.just(at(0)))
causes = st.builds(Cause, names, texts, texts, texts, texts)
findings = st.builds(
    Finding,
    names,
    texts,
    st.sampled_from(Status),
    texts,
    st.lists(evidence, max_size=2).map(tuple),
    st.one_of(st.none(), causes),
)
_parts = {
    "title": texts,
    "time": st.integers(0, 10_000).map(at),
    "configured": st.sampled_from(Configured),
    "operating": st.sampled_from(Operating),
    "known_by": st.sampled_from(KnownBy),
    "sentence": texts,
    "findings": st.lists(findings, max_size=2).map(tuple),
    "causes": st.lists(causes, max_size=2).map(tuple),
    "ends": st.lists(ends, max_size=2, unique_by=lambda item: item.host).map(tuple),
    "untested": st.lists(texts, max_size=2).map(tuple),
    "reach": texts,
    "sites": st.lists(texts, max_size=3).map(tuple),
}
verdicts = st.builds(Verdict, service=st.sampled_from(["l2l", "ra"]), name=names, **_parts)
verifications = st.builds(
    Verification,
    run=names,
    tool=names,
    started=st.just(at(0)),
    finished=st.integers(0, 10_000).map(at),
    probed=st.booleans(),
    verdicts=st.lists(verdicts, max_size=4, unique_by=lambda item: (item.service, item.name)).map(tuple),
    devices=st.lists(st.builds(DeviceState, names, texts, texts), max_size=3, unique_by=lambda item: item.host).map(tuple),
    notices=st.lists(texts, max_size=2).map(tuple),
)
