"""Import rules that import-linter cannot see: it takes all of ``azure`` for one package."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def imports(path: Path) -> set[str]:
    """What a module imports when it runs: not what it names for types only."""
    names: set[str] = set()
    tree = ast.parse(path.read_text())
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importers(package: str, *folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in sources(*folders)
        if any(name == package or name.startswith(package + ".") for name in imports(path))
    }


def test_only_functions_import_azure_functions() -> None:
    assert importers("azure.functions", "shared") == set()


@pytest.mark.parametrize(
    "package",
    [
        "azure.data",
        "azure.storage",
        "azure.keyvault",
        "azure.identity",
        "azure.core",
        "azure.monitor",
        "opentelemetry",
        "sqlalchemy",
        "pyodbc",
    ],
)
def test_only_adapters_import_the_sdks(package: str) -> None:
    outside = {name for name in importers(package, "shared", "functions") if not name.startswith("shared/adapters/")}
    assert {name for name in outside if not name.startswith("shared/migrations/")} == set()


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources("shared", "functions")
        if any(
            isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv")
            for n in ast.walk(ast.parse(path.read_text()))
        )
    }
    assert readers == {"shared/settings.py"}


def test_only_the_sandboxs_child_imports_cluedins_sdk() -> None:
    """It runs untrusted patterns and formulas, and it can reach the network."""
    assert importers("cluedin", "functions", "shared") == {"shared/rules/execute.py"}
    assert importers("shared.rules.execute", "functions", "shared") == {"shared/rules/child.py"}
