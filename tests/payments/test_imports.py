"""No late imports between our modules in payments, so that import cycles are found at once."""

import ast
from pathlib import Path

import payments

ROOM = Path(payments.__file__).parent
OURS = ("portal", "accounts", "procedures", "dossiers", "payments")
MAY = {"apps.py"}  # AppConfig.ready runs when all models are there


def late_imports(path):
    """Lines on which a function of this file imports a module of ours."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                yield from (node.lineno for name in names if name.split(".")[0] in OURS)


def test_no_function_imports_a_module_of_ours():
    paths = {path: str(path.relative_to(ROOM)) for path in ROOM.rglob("*.py") if "mock_gateway" not in path.parts}
    assert [f"{name}:{line}" for path, name in paths.items() if name not in MAY for line in late_imports(path)] == []
