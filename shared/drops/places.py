"""Which blobs a drop may name, and what the folder of one that an event announced says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from shared.drops.models import CONTAINER, CONTAINERS, UNKNOWN, UnusableDrop
from shared.organizations import is_organization

LONGEST_NAME: Final = 1_024
"""Characters of a blob's name ("Naming and referencing containers, blobs, and metadata")."""
LONGEST_DATA_SET: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS: Final = re.compile(r"[\d.]+|\[?[\da-fA-F:]+\]?")


@dataclass(frozen=True)
class Place:
    """A blob, as an event names it."""

    account: str | None
    container: str
    blob: str


@dataclass(frozen=True)
class Folder:
    organization: str
    data_set: str


def check_blob(container: str, blob: str, organization: str = UNKNOWN) -> None:
    """Raises UnusableDrop for a blob of a container that is not read, or a name that means another place."""
    if container not in CONTAINERS:
        detail = f"Only blobs of the containers drops and payloads are read, and this one is in {_shown(container)}."
        raise UnusableDrop("source_not_allowed", detail, organization)
    fault = _fault(blob)
    if fault:
        raise UnusableDrop("source_not_allowed", f"The blob's name {fault}.", organization)


def check_account(account: str | None, own: str) -> None:
    """Raises UnusableDrop for a blob of another storage account."""
    if account is not None and account.lower() != own.lower():
        detail = f"The blob is in storage account {_shown(account)}; only the app's own account is read."
        raise UnusableDrop("source_not_allowed", detail)


def folder_of(blob: str) -> Folder:
    """``{organization}/{data set}/…`` of a blob in container drops. Raises UnusableDrop."""
    parts = blob.split("/")
    if len(parts) < 3 or not parts[-1]:
        detail = f"The file must be in a folder: {CONTAINER}/organization/data set/file, and is not."
        organization = parts[0] if len(parts) > 1 and is_organization(parts[0]) else UNKNOWN
        raise UnusableDrop("folder_not_recognized", detail, organization)
    organization, data_set = parts[:2]
    if not is_organization(organization):
        detail = f"The first folder, {_shown(organization)}, is not an organization's name (lower-case, such as acme)."
        raise UnusableDrop("invalid_organization", detail)
    if not data_set.strip() or len(data_set) > LONGEST_DATA_SET:
        detail = "The second folder names the data set: 1 to 200 characters."
        raise UnusableDrop("folder_not_recognized", detail, organization)
    return Folder(organization, data_set)


def from_url(url: str) -> Place | None:
    """The blob an address names, None for what is no blob's address. Host style (``acme.blob.core.windows.net``,
    ``acme.dfs.core.windows.net``) or, where the host is no such name, path style (``127.0.0.1:10000/acme``)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        path = unquote(parts.path, errors="strict").removeprefix("/")
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not host:
        return None
    account, rest = host.partition(".")[0], path
    if "." not in host or _ADDRESS.fullmatch(host):
        account, _, rest = path.partition("/")
    container, _, blob = rest.partition("/")
    return Place(account, container, blob) if container and blob else None


def from_subject(subject: str) -> Place | None:
    """The blob a subject names: ``/blobServices/default/containers/NAME/blobs/NAME``, which is not encoded."""
    found = re.fullmatch(r"/blobServices/default/containers/([^/]+)/blobs/(.+)", subject, re.DOTALL)
    return Place(None, found[1], found[2]) if found else None


def account_in_topic(topic: str) -> str | None:
    """The storage account a topic (CloudEvents: source) names."""
    found = re.search(r"/storageAccounts/([^/]+)/?$", topic, re.IGNORECASE)
    return found[1] if found else None


def _fault(blob: str) -> str | None:
    if not 0 < len(blob) <= LONGEST_NAME:
        return "must have 1 to 1,024 characters"
    if _CONTROL.search(blob):
        return "holds control characters"
    if "\\" in blob or blob.startswith("/"):
        return "starts with a slash or holds a backslash"
    # Decoded once more: whatever stands between here and the blob must not make another path of it either.
    if any(part in (".", "..") for name in (blob, unquote(blob)) for part in re.split(r"[/\\]", name)):
        return "holds . or .. as a part of its path"
    return None


def _shown(name: str) -> str:
    """A foreign name, short and harmless, for a sentence."""
    return repr(_CONTROL.sub("?", name[:63]))
