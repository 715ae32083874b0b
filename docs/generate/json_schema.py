"""Tables of fields out of a JSON Schema as pydantic writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tables import table

Schema = Mapping[str, Any]


def records(schema: Schema, title: str, level: str = "##") -> str:
    """A section for the file itself, and one for each record that it refers to."""
    parts = [_section(level, title, schema)]
    parts += [_section(f"{level}#", name, record) for name, record in schema.get("$defs", {}).items() if "properties" in record]
    return "\n".join(parts)


def _section(level: str, title: str, record: Schema) -> str:
    says = f"{_plain(record['description'])}\n\n" if record.get("description") else ""
    return f"{level} {title}\n\n{says}{fields(record)}"


def fields(record: Schema) -> str:
    """The table of the fields of one record."""
    needed = set(record.get("required", ()))
    rows = (
        (f"`{name}`", kind(one), _default(one, name in needed), _plain(one.get("description", ""))) for name, one in _of(record)
    )
    return table(("field", "is", "unless given", "says"), rows)


def _of(record: Schema) -> Iterator[tuple[str, Schema]]:
    yield from record.get("properties", {}).items()


def _default(one: Schema, needed: bool) -> str:
    if needed:
        return "required"
    value = one.get("default")
    return "" if value in (None, [], {}) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def kind(one: Schema) -> str:
    """What a value may be, in a few words."""
    if "$ref" in one:
        return str(one["$ref"]).rpartition("/")[2]
    if "enum" in one or "const" in one:
        return ", ".join(f"`{value}`" for value in one.get("enum", [one.get("const")]))
    for word in ("anyOf", "oneOf"):
        if word in one:
            return " or ".join(dict.fromkeys(kind(item) for item in one[word] if item.get("type") != "null"))
    if one.get("type") == "array":
        return f"list of {kind(one['items'])}" if isinstance(one.get("items"), dict) else "list"
    if one.get("type") == "object":
        inner = one.get("additionalProperties")
        return f"names to {kind(inner)}" if isinstance(inner, dict) else "mapping"
    return _simple(one)


def _simple(one: Schema) -> str:
    words = one.get("type", "any")
    name = " or ".join(words) if isinstance(words, list) else str(words)
    low, high = one.get("minimum"), one.get("maximum")
    return (
        f"{name}, {low} to {high}"
        if low is not None and high is not None
        else f"{name} ({one['format']})"
        if "format" in one
        else name
    )


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_") if "`" not in text else text.replace("<", "&lt;")
