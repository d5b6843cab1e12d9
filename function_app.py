"""The app: registers blueprints. No routes, no settings, no clients."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
