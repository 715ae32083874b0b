"""nr-run schema: the JSON Schema of the files of an inventory, for editors that check as one types, and of what verify prints."""

from __future__ import annotations

import click

from ....services.registry import declared, schema_of

INTENT, VERIFICATION = "intent", "verification"
#: A service with a file of its own has a schema of it under its name.
KINDS = (INTENT, VERIFICATION, *(name for name, service in declared().services.items() if service.schema))


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), default=INTENT)
def schema_command(kind: str) -> None:
    """Print the JSON Schema of an intent file (inventory/vpn/*.yaml), of a service's own file, or of nr-run verify --json.

    \b
    nr-run schema > intent.schema.json
    nr-run schema ra > remote-access.schema.json
    nr-run schema zia > zia.schema.json
    nr-run schema verification > verification.schema.json
    """
    from ....inventory.files.schema import as_text, intent_schema

    if kind == VERIFICATION:
        from ...reports.document import verification_schema

        click.echo(as_text(verification_schema()), nl=False)
    elif kind == INTENT:
        click.echo(as_text(intent_schema()), nl=False)
    else:
        click.echo(as_text(schema_of(declared().services[kind])), nl=False)
