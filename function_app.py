"""The app: registers blueprints. No routes, no settings, no clients."""

import azure.functions as func

from functions import (
    callbacks,
    data_drops,
    erasure,
    failures,
    flags,
    history_outbox,
    mapping_jobs,
    mappings,
    poison,
    prompts,
    retention,
    reviews,
    rules,
    service,
    settings,
    usage,
    value_batches,
    value_jobs,
    values,
    vocabularies,
    vocabulary_index,
)
from functions.log_fields import show_fields
from shared.wiring import start_telemetry

show_fields()
start_telemetry()
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

for module in (
    mappings,
    reviews,
    vocabularies,
    prompts,
    erasure,
    usage,
    flags,
    settings,
    failures,
    rules,
    values,
    value_jobs,
    service,
    callbacks,
    data_drops,
    mapping_jobs,
    value_batches,
    vocabulary_index,
    history_outbox,
    poison,
    retention,
):
    app.register_functions(module.bp)
