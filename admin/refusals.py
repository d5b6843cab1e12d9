"""What the service refused, for a person: its detail and code, what is wrong where, and what to do."""

from __future__ import annotations

from email.message import Message

from admin.causes import Ended, Refused, Unreachable
from admin.json_values import JsonObject, items_of, read_object, text_at
from admin.plain import one_line

_TO_DO = {
    "admin_disabled": "Set the Key Vault secret admin-key, wait a minute, and try again.",
    "admin_required": "Set CLUEDIN_AI_ADMIN_KEY to the Key Vault secret admin-key.",
    "feature_disabled": "Switch it on: python -m admin flags set AiMapping --enabled true (or RuleEngine).",
    "erasure_disabled": "Set the app setting RETENTION_DATABASE_URL.",
    "not_found": "Check the id and the organization.",
    "not_replayable": "Send the work anew; failures list says which failures can be replayed.",
    "settings_missing": "Set the secret in Key Vault; settings show tells which of the four are there.",
}
_BY_STATUS = {
    401: "The function key was refused. Set CLUEDIN_AI_KEY to a function or host key of this app.",
    403: "The platform refused the request: a firewall or an access restriction of the app. Open it for this machine.",
    404: "The app has no such route. Check --url, and that the app is of this version or newer.",
    413: "The platform refused the request as too large.",
}
_STARTING = frozenset({502, 503, 504})
"""Without a problem: what stands before the app says that it does not run."""


def refusal(status: int, headers: Message, content: bytes) -> Ended:
    """The error to end with, made from what came back."""
    found = read_object(content)
    code = text_at(found, "code")
    if found is not None and code is not None:
        return Refused(_problem(found, code, headers.get("Retry-After")))
    if 300 <= status < 400:
        return Refused(f"The service redirects ({status}); keys are not sent elsewhere. Give --url its real address.")
    if status in _STARTING:
        return Unreachable(
            f"The app does not answer ({status}): it is starting, stopped or broken. Try again, then see its log."
        )
    return Refused(_BY_STATUS.get(status, f"The service answered {status}. The app's log tells more."))


def _problem(found: JsonObject, code: str, wait: str | None) -> str:
    detail = one_line(text_at(found, "detail") or text_at(found, "title") or "")
    lines = [f"({one_line(code)}) {detail}"]
    faults = [
        ": ".join(one_line(text_at(each, m) or "") for m in ("pointer", "message"))
        for each in items_of(found, "errors")
    ]
    lines += [f"  {fault}" for fault in faults if fault not in detail]
    to_do = _TO_DO.get(code) or (f"Try again in {one_line(wait)} seconds." if wait else None)
    if to_do:
        lines.append(to_do)
    if correlation := text_at(found, "correlationId"):
        lines.append(f"The app's log tells more under correlation id {one_line(correlation)}.")
    return "\n".join(lines)
