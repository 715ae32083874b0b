"""Sentences on a login hold no secret, neither a known one nor one that the device was just printing."""

from __future__ import annotations

from pathlib import Path

from nr_run.inventory.hiding.secrets import Secrets
from nr_run.tasks.access.connection import sentence


def test_no_secret_stands_in_the_sentence_on_a_login(tmp_path: Path) -> None:
    """A known value goes wherever it stands, a key in the device's words by its form; our own words stay."""
    (tmp_path / "psk").write_text("Kn0wnValue77\n")
    secrets = Secrets((tmp_path,))
    secrets.resolve("credential:psk")
    said = sentence(secrets, "no prompt; Kn0wnValue77 came; it stands at 'snmp-server community Unkn0wn88 RO'")
    assert "Kn0wnValue77" not in said
    assert "Unkn0wn88" not in said
    kept = "the device asks 'Enter new password:', which a person has to answer"
    assert sentence(secrets, kept) == kept
