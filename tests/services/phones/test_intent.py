"""vpn-phones.yaml: what it may say, the sentence for what it may not, and that nothing of it is ever built."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import ChangeError, IntentError, NothingMatched
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.phones.intent import load
from nr_run.services.phones.service import PHONES, deployment_of
from nr_run.services.registry import declared, find, find_built
from nr_run.services.service import Deployment, Service
from nr_run.services.watched import WatchedDeployment

from .access import HOST, access, values

ASA = platform_for("ASA", "9.19(1)")
TODAY = date(2026, 11, 30)


def written(folder: Path, *records: dict[str, Any]) -> None:
    """A file with these records, as JSON, which is YAML."""
    (folder / "vpn-phones.yaml").write_text(json.dumps({"schema_version": 1, "phones": records}, indent=1))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"group_url": "http://vpn.example.com/x"}, "no URL of a VPN gateway"),
        ({"group_url": "https://vpn.example.com:99999/x"}, "no port that can be"),
        ({"address_pools": []}, "needs at least one entry"),
        ({"address_pools": ["A", "A"]}, "address_pools lists A twice"),
        ({"phone_model": "7926"}, "phone_model '7926' is not known (did you mean"),
        ({"expected_sessions": {"phones": ["00005E005301"]}}, "no name of a phone"),
        ({"expected_sessions": {"users": []}}, "unknown key"),
        ({"tunnel_grup": "x"}, "did you mean tunnel_group"),
        ({"certificate_days": 0}, "is not a valid value"),
    ],
)
def test_what_is_refused(tmp_path: Path, other: dict[str, Any], words: str) -> None:
    """Each thing that is wrong is one sentence with its file and line."""
    written(tmp_path, values(**other))
    with pytest.raises(IntentError) as caught:
        load(tmp_path)
    assert words in str(caught.value)
    assert "vpn-phones.yaml:" in str(caught.value)


def test_two_of_one_tunnel_group_are_refused(tmp_path: Path) -> None:
    """The sessions of a tunnel group are counted once; one that is not active counts none."""
    written(tmp_path, values(), values(name="others"))
    with pytest.raises(IntentError, match="has desk-phones already"):
        load(tmp_path)
    written(tmp_path, values(), values(name="others", status="planned"))
    assert PHONES.intended(tmp_path, {HOST: ASA}).names() == ("desk-phones",)


def test_a_router_is_refused(tmp_path: Path) -> None:
    """Phones connect to an ASA."""
    written(tmp_path, values())
    intended = PHONES.intended(tmp_path, {HOST: platform_for("C8000V", "17.12.1")})
    with pytest.raises(IntentError, match="phones connect to an ASA"):
        intended.select((), TODAY, removal=False)


def test_the_files_of_phones_are_read(tmp_path: Path) -> None:
    """They lie beside the intent; one that is not there, or is no phone's, is told with the line of the record."""
    written(tmp_path, values(phone_configs=["tftp/SEP.cnf.xml"]))
    intended = PHONES.intended(tmp_path, {HOST: ASA})
    with pytest.raises(IntentError, match=r"vpn-phones.yaml:\d+: phone access desk-phones: .*SEP.cnf.xml cannot be read"):
        intended.select((), TODAY, removal=False)
    (tmp_path / "tftp").mkdir()
    (tmp_path / "tftp" / "SEP.cnf.xml").write_text("<device/>")
    with pytest.raises(IntentError, match="there is no vpnGroup"):
        intended.select((), TODAY, removal=False)
    group = "<vpnGroup><addresses><url1>https://vpn.example.com/VPNPhone</url1></addresses></vpnGroup>"
    (tmp_path / "tftp" / "SEP.cnf.xml").write_text(f"<device>{group}</device>")
    (made,), _ = intended.select((), TODAY, removal=False)
    assert made.members[0].wants.files[0].urls == ("https://vpn.example.com/VPNPhone",)


def test_it_is_verified_and_never_built() -> None:
    """It has no command; whatever would build it asks for a service that builds, and is refused in one sentence."""
    assert declared().services["vpn-phones"].commands == ()
    assert not isinstance(find("vpn-phones"), Service)
    with pytest.raises(NothingMatched, match="vpn-phones is only verified: nr-run neither builds nor removes a phone access"):
        find_built("vpn-phones")
    others = [name for name in declared().services if name != "vpn-phones"]
    assert all(isinstance(find_built(name), Service) for name in others)


def test_only_what_is_never_built_has_no_stages() -> None:
    """A deployment without stages is a defect of a service that builds, and the form of one that does not."""
    made = deployment_of(access())
    assert (made.stages, made.is_built) == ((), False)
    assert isinstance(made, WatchedDeployment)
    with pytest.raises(ChangeError, match="has no stages"):
        Deployment("x", "x", None, made.members, (), (HOST,), (), found=False)
