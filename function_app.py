"""The app: registers blueprints. No routes, no settings, no clients."""

import azure.functions as func

from functions import failures, flags, history_outbox, mappings, prompts, service, settings, vocabularies

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

for module in (mappings, vocabularies, prompts, flags, settings, failures, service, history_outbox):
    app.register_functions(module.bp)
