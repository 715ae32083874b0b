"""One record says what an operating system is: each release has one, each question a command and a view."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nr_run.checks.observations.questions import ALWAYS, IKEV2, QUESTIONS, SAS, VIEWS
from nr_run.inventory.models.platforms import MODELS, Platform, rows
from nr_run.inventory.systems import SYSTEMS, System, any_of, generations, system_of
from nr_run.parsers.catalogue import for_typed
from nr_run.parsers.command import find

ROOT = Path(__file__).parents[2]
#: What a cause, or a verification, rests on and asks of an operating system whatever its generation.
OF_ALL_GENERATIONS = (
    "shows_refused_ike",
    "default_ike_proposals",
    "lists_idle_flows",
    "tunnels_own_packets",
    "drops_asymmetric",
    "takes_phones",
    "prints_size",
)
PLATFORMS = [row for model in MODELS for row in rows(model)]


@pytest.mark.parametrize("platform", PLATFORMS, ids=str)
def test_every_release_has_its_record(platform: Platform) -> None:
    """A release that speaks IKEv2 is asked about it, and no other one is."""
    system = system_of(platform)
    assert system.os == platform.os
    assert (IKEV2.command(system) is not None) == (2 in platform.ike_versions)
    assert bool(system.clear_ikev2) == (2 in platform.ike_versions)


@pytest.mark.parametrize("platform", PLATFORMS, ids=str)
def test_a_release_with_ikev2_says_how_a_policy_is_picked(platform: Platform) -> None:
    """A new generation with IKEv2 cannot be planned by the rules of another one in silence."""
    assert (system_of(platform).ikev2_policy is not None) == (2 in platform.ike_versions)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda system: system.name)
def test_every_command_is_one_that_a_parser_reads(system: System) -> None:
    """A row of a record is of a question, and its command has a parser of that operating system; what always counts is there."""
    assert set(system.shows) <= {question.name for question in QUESTIONS}
    assert all(find(for_typed(system.os, command), system.os, command) for command in system.shows.values())
    assert {question.name for question in ALWAYS} | {"route", "interfaces"} <= set(system.shows)


def test_every_question_is_seen_in_one_form() -> None:
    """Each question has a view for each operating system that can be asked."""
    for question in QUESTIONS:
        assert set(VIEWS[question.name]) >= {system.os for system in SYSTEMS.values() if question.command(system)}


def test_clearing_names_the_peer_in_every_line() -> None:
    """Without an argument every tunnel of the device would go."""
    for system in SYSTEMS.values():
        assert all("{peer}" in line for line in (*system.clear, *system.clear_ikev2))
        assert not system.clear_ikev1_row or "{number}" in system.clear_ikev1_row


def test_a_startup_that_shows_no_keys_is_known() -> None:
    """An ASA masks the keys of its startup configuration, IOS shows them."""
    assert {system.os: system.masks_startup for system in SYSTEMS.values()} == {"ios": False, "asa": True}


def test_generations_share_how_they_are_asked_for_configurations() -> None:
    """What is looked up by operating system alone is the same in all of its generations."""
    for system in SYSTEMS.values():
        common = any_of(system.os)
        for name in ("running", "running_as_saved", "startup", "route", "has_nameif", *OF_ALL_GENERATIONS):
            assert getattr(system, name) == getattr(common, name)
        for question in SAS:
            assert len(question.commands(system.os)) <= 1
    assert [system.name for system in generations("asa")] == ["asa-8.0", "asa-8.4"]


#: Where an operating system is named all the same: tables of functions, which a record of data in inventory/ cannot hold, and
#: modules that are about one operating system as a whole.
NAMED = {
    "checks/readiness/asa_precheck.py": "checks of an ASA",
    "checks/path/asa_transit.py": "checks of an ASA",
    "checks/phones/sessions.py": "checks of an ASA, the only one that takes phones",
    "checks/readiness/ike_ground.py": "checks of IOS",
    "checks/path/transit.py": "checks of IOS",
    "checks/readiness/precheck.py": "checks of IOS, and the table of functions that says which checks an operating system has",
    "checks/observations/questions.py": "the table of functions that show an answer in one form",
    "checks/readiness/rollback_methods.py": "rows of rollback methods, each with the operating systems that have it",
    "tasks/sessions/dialects.py": "the dialect of a session that nobody has told what it talks to",
    "runbooks/commands/offline/parse.py": "what --os takes",
    "runbooks/engine/rehearsal/rehearsal_lab.py": "the table of the devices that the lab has for each generation",
    "tasks/access/credentials.py": "the words that other people's inventories have for the systems",
    "services/l2l/features.py": "the table of the templates of each generation",
    "services/l2l/diagnosis/configured_systems.py": "the table of the functions that read a configuration for a cause",
    "checks/samples/sample_judgement.py": "what people call the system of a provider's sample",
    "runbooks/commands/views/import_sample_view.py": "what people call the system of a provider's sample",
    "runbooks/commands/offline/verify_reconnect_command.py": "what is judged are outputs of IOS-XE alone",
    "services/flexvpn/gates.py": "a service of IOS-XE alone",
    "services/flexvpn/reading.py": "a service of IOS-XE alone",
    "services/zia/causes.py": "a service of IOS alone",
    "services/ra/names.py": "the table of what clients and a generation both have",
}
_NAMES = {"ios", "asa", *SYSTEMS}
#: Folders that ask the record of a system.
FOLDERS = ("checks", "tasks", "services", "runbooks")


def _named(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf8"))
    return any(isinstance(node, ast.Constant) and node.value in _NAMES for node in ast.walk(tree))


def test_nobody_else_asks_which_operating_system_it_is() -> None:
    """In these folders no module names an operating system besides those that are listed with their reason."""
    found = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if _named(path)}
    assert found == NAMED.keys()


def test_no_branch_on_an_operating_system() -> None:
    """In these folders nothing is decided by comparing an operating system with a name: what differs stands in a record."""
    branches = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(part, ast.Constant) and part.value in _NAMES for part in (node.left, *node.comparators))
    ]
    assert branches == []
