"""The app: registers blueprints. No routes, no settings, no clients."""

import azure.functions as func

from functions import (
    callbacks,
    data_drops,
    failures,
    flags,
    history_outbox,
    mapping_jobs,
    mappings,
    poison,
    prompts,
    rules,
    service,
    settings,
    values,
    vocabularies,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

for module in (
    mappings,
    vocabularies,
    prompts,
    flags,
    settings,
    failures,
    rules,
    values,
    service,
    callbacks,
    data_drops,
    mapping_jobs,
    history_outbox,
    poison,
):
    app.register_functions(module.bp)
