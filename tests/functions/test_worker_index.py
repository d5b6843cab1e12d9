"""The app is indexed by Azure's own worker library, as the platform does at start (Python 3.13 and later)."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fakes.app import indexed

ROOT = Path(__file__).parents[2]
loader = pytest.importorskip("azure_functions_runtime.loader", reason="azure-functions-runtime needs Python 3.13")


class Message(SimpleNamespace):
    """Stands for a message of the worker's protocol."""


class BindingInfo(Message):
    """The protocol's numbers (FunctionRpc.proto): they are what the library compares with."""

    out, inout, undefined = 1, 2, 0


def test_every_function_is_indexed_with_its_trigger() -> None:
    from azure_functions_runtime.bindings.meta import load_binding_registry
    from azure_functions_runtime.functions import Registry

    names = {function.get_function_name() for function in indexed()}
    load_binding_registry()
    protocol = SimpleNamespace(BindingInfo=BindingInfo, RpcFunctionMetadata=Message)
    found = loader.index_function_app(str(ROOT / "function_app.py"))
    registry = Registry()
    metadata, _ = loader.process_indexed_function(protocol, registry, found, str(ROOT))
    assert {function.name for function in metadata} == names
    assert names >= {"suggest_mapping", "history_outbox"}
    assert all(function.raw_bindings for function in metadata)
    with_context = {function.name for function in registry._functions.values() if function.requires_context}
    assert with_context == {one.get_function_name() for one in indexed() if one.get_trigger().type == "httpTrigger"}
