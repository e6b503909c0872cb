"""The schema of a procedure (data/schema), as the editor and the checks use it."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

Schema = Mapping[str, Any]


@functools.cache
def whole() -> Schema:
    """The schema of one procedure, with its definitions."""
    path = Path(settings.DATA_DIR) / "schema" / "procedures.schema.json"
    rules = json.loads(path.read_text("utf-8"))
    return {**rules["properties"]["procedures"]["items"], "$defs": rules["$defs"]}


def is_condition(schema: Schema) -> bool:
    """Is this the condition grammar, or null?"""
    return any(part.get("$ref") == "#/$defs/condition" for part in (schema, *schema.get("oneOf", ())))


def resolved(schema: Schema) -> Schema:
    """Follow a reference to a definition; of several shapes of an object take all properties together."""
    if "$ref" in schema:
        return resolved(whole()["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    shapes = [resolved(part) for part in schema.get("oneOf", ()) if part.get("type") != "null"]
    shapes = [shape for shape in shapes if "type" in shape or "enum" in shape]
    if not shapes:
        return schema
    if len(shapes) == 1:
        return shapes[0]
    common = set.intersection(*(set(shape.get("required", ())) for shape in shapes))
    properties = {name: rule for shape in shapes for name, rule in shape.get("properties", {}).items()}
    return {"type": "object", "properties": properties, "required": sorted(common)}


def may_be_null(schema: Schema) -> bool:
    kinds = schema.get("type", ())
    if isinstance(kinds, list):
        return "null" in kinds
    return None in schema.get("enum", ()) or any(part.get("type") == "null" for part in schema.get("oneOf", ()))


def kind_of(schema: Schema) -> str:
    """text, whole (number), tick, choice, many (choices), lines (texts), list, group, condition, or kept (not shown)."""
    if is_condition(schema):
        return "condition"
    rules = resolved(schema)
    kinds = rules.get("type", ())
    if "enum" in rules:
        return "choice"
    if kinds == "boolean":
        return "tick"
    if kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds and "string" not in kinds):
        return "whole"
    if kinds == "string" or (isinstance(kinds, list) and "string" in kinds):
        return "text"
    if kinds == "object" and rules.get("properties"):
        return "group"
    if kinds == "array":
        inner = resolved(rules.get("items", {}))
        if "enum" in inner:
            return "many"
        return (
            {"string": "lines", "object": "list"}.get(inner.get("type", ""), "kept")
            if inner.get("properties") or inner.get("type") == "string"
            else "kept"
        )
    return "kept"


def is_hidden(key: str) -> bool:
    """Marks of where a fact comes from: kept as they are."""
    return key in ("certainty", "source_processing", "source_name") or key.endswith("_certainty")


def blank(schema: Schema) -> Any:
    """A new value with all that the schema asks for, empty."""
    if may_be_null(schema):
        return None
    rules = resolved(schema)
    if "const" in rules:
        return rules["const"]
    if "enum" in rules:
        return rules["enum"][0]
    kind = rules.get("type")
    if kind == "object":
        made = {name: blank(rules["properties"][name]) for name in rules.get("required", ()) if name in rules["properties"]}
        return made | ({"certainty": "knowledge"} if made.get("certainty") == "" else {})
    return {"array": [], "boolean": False, "integer": rules.get("minimum", 0)}.get(kind if isinstance(kind, str) else "", "")
