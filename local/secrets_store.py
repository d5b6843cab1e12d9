"""The secrets of the Key Vault stand-in, with their versions, in one file; shapes as in Key Vault's REST API."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from local import state

Json = dict[str, object]
_RECOVERABLE = {"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}


class NoSecret(Exception):
    """No secret of that name and version. The message names it."""


class SecretsStore:
    """Names are compared without case. Deleting keeps a secret as deleted until it is purged, recovered or set again.

    (A real vault refuses to set a secret that is deleted and not purged yet; here that is allowed.)
    """

    def __init__(self, file: Path, url: str) -> None:
        self._file, self._url = file, url
        found = state.read(file) or {}
        self._live: dict[str, list[Json]] = found.get("secrets", {})  # type: ignore[assignment]
        self._deleted: dict[str, list[Json]] = found.get("deleted", {})  # type: ignore[assignment]

    def set(self, name: str, body: Json) -> Json:
        now = int(time.time())
        given = body.get("attributes")
        attributes = {"enabled": True, **(given if isinstance(given, dict) else {}), "created": now, "updated": now}
        kept = {key: body[key] for key in ("value", "contentType", "tags") if body.get(key) is not None}
        version: Json = {"name": name, "version": uuid.uuid4().hex, **kept, "attributes": attributes}
        self._deleted.pop(name.lower(), None)
        self._live.setdefault(name.lower(), []).append(version)
        return self._saved(self._bundle(version))

    def get(self, name: str, version: str = "") -> Json:
        """Raises NoSecret. Without a version: the newest."""
        return self._bundle(self._find(name, version))

    def update(self, name: str, version: str, body: Json) -> Json:
        """Change attributes, tags or content type, not the value. Raises NoSecret."""
        found = self._find(name, version)
        given = body.get("attributes")
        attributes = found["attributes"]
        assert isinstance(attributes, dict)
        attributes.update(given if isinstance(given, dict) else {}, updated=int(time.time()))
        found.update({key: body[key] for key in ("contentType", "tags") if body.get(key) is not None})
        return self._saved(self._item(found))

    def items(self) -> list[Json]:
        """Every secret without its value, by name; `id` without a version."""
        newest = (versions[-1] for _, versions in sorted(self._live.items()))
        return [self._item(each) | {"id": self._id(each, versioned=False)} for each in newest]

    def versions(self, name: str) -> list[Json]:
        """Raises NoSecret."""
        self._find(name, "")
        return [self._item(each) for each in self._live[name.lower()]]

    def delete(self, name: str) -> Json:
        """Raises NoSecret."""
        self._find(name, "")
        self._deleted[name.lower()] = self._live.pop(name.lower())
        return self._saved(self.deleted(name))

    def deleted(self, name: str) -> Json:
        """Raises NoSecret."""
        newest = self._newest_deleted(name)
        now = int(time.time())
        recovery = {"recoveryId": f"{self._url}/deletedsecrets/{newest['name']}", "deletedDate": now}
        return self._bundle(newest) | recovery | {"scheduledPurgeDate": now + 90 * 86400}

    def all_deleted(self) -> list[Json]:
        return [_without_value(self.deleted(name)) for name in sorted(self._deleted)]

    def recover(self, name: str) -> Json:
        """Raises NoSecret."""
        self._newest_deleted(name)
        self._live[name.lower()] = self._deleted.pop(name.lower())
        return self._saved(self.get(name))

    def purge(self, name: str) -> None:
        """Raises NoSecret."""
        self._newest_deleted(name)
        del self._deleted[name.lower()]
        self._saved({})

    def _find(self, name: str, version: str) -> Json:
        versions: Iterable[Json] = reversed(self._live.get(name.lower(), []))
        for each in versions:
            if version in ("", each["version"]):
                return each
        wanted = "/".join(filter(None, (name, version)))
        raise NoSecret(f"A secret with (name/id) {wanted} was not found in this key vault.")

    def _newest_deleted(self, name: str) -> Json:
        if name.lower() not in self._deleted:
            raise NoSecret(f"Deleted Secret not found: {name}")
        return self._deleted[name.lower()][-1]

    def _bundle(self, version: Json) -> Json:
        attributes = version["attributes"]
        assert isinstance(attributes, dict)
        rest: Json = {key: version[key] for key in ("value", "contentType", "tags") if key in version}
        return {"id": self._id(version), **rest, "attributes": attributes | _RECOVERABLE}

    def _item(self, version: Json) -> Json:
        return _without_value(self._bundle(version))

    def _id(self, version: Json, *, versioned: bool = True) -> str:
        return f"{self._url}/secrets/{version['name']}" + (f"/{version['version']}" if versioned else "")

    def _saved(self, answer: Json) -> Json:
        state.write(self._file, {"secrets": self._live, "deleted": self._deleted})
        return answer


def _without_value(bundle: Json) -> Json:
    return {key: value for key, value in bundle.items() if key != "value"}
