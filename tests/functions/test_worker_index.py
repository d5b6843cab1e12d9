"""The app is indexed by Azure's own worker library, as the platform does at start (Python 3.13 and later)."""

from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
loader = pytest.importorskip("azure_functions_runtime.loader", reason="azure-functions-runtime needs Python 3.13")


def test_every_function_is_indexed_with_its_trigger() -> None:
    from azure_functions_runtime.functions import Registry

    from function_app import app

    messages = SimpleNamespace(BindingInfo=lambda **m: SimpleNamespace(**m))
    messages.RpcFunctionMetadata = lambda **m: SimpleNamespace(**m)
    indexed = loader.index_function_app(str(ROOT / "function_app.py"))
    metadata, _ = loader.process_indexed_function(messages, Registry(), indexed, str(ROOT))
    assert {function.name for function in metadata} == {function.get_function_name() for function in app.get_functions()}
    assert {function.name for function in metadata} >= {"suggest_mapping", "history_outbox"}
    assert all(function.raw_bindings for function in metadata)
