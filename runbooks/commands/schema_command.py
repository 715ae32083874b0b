"""nr-run schema: the JSON Schema of intent files, for editors that check as one types, and of what verify prints."""

from __future__ import annotations

import click

INTENT, VERIFICATION = "intent", "verification"


@click.command("schema")
@click.argument("kind", type=click.Choice((INTENT, VERIFICATION)), default=INTENT)
def schema_command(kind: str) -> None:
    """Print the JSON Schema of an intent file (inventory/vpn/*.yaml), or of what nr-run verify --json prints.

    \b
    nr-run schema > intent.schema.json
    nr-run schema verification > verification.schema.json
    """
    from ...inventory.schema import as_text, intent_schema

    if kind == VERIFICATION:
        from ..reports.document import verification_schema

        click.echo(as_text(verification_schema()), nl=False)
    else:
        click.echo(as_text(intent_schema()), nl=False)
