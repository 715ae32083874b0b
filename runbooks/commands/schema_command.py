"""nr-run schema: the JSON Schema of intent files, for editors that check as one types."""

from __future__ import annotations

import click


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of an intent file (inventory/vpn/*.yaml).

    \b
    nr-run schema > intent.schema.json
    """
    from ...inventory.schema import as_text, intent_schema

    click.echo(as_text(intent_schema()), nl=False)
