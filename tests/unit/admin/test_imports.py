"""The command line runs wherever Python does: it needs nothing installed, and nothing of the app."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ADMIN = Path(__file__).parents[3] / "admin"


def test_it_imports_the_standard_library_and_itself_only() -> None:
    imported = set[str]()
    for path in ADMIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert "argparse" in imported
    assert imported - sys.stdlib_module_names == {"admin"}
