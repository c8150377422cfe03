"""The settings of outside channels, sealed with a key derived from the site's secret; the only door to them.

A copy of the database without POSKO_SECRET_KEY tells no token. What is sealed under another secret is said to be
unreadable, never guessed.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy import Connection, select

from alerts.channels import outside_class
from alerts.models import ChannelSetting
from incident.post import Post

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PURPOSE = b"posko: settings of channels"


class Unreadable(ValueError):
    """What is kept was sealed under another secret, or was changed."""


def seal(secret_key: str, settings: BaseModel) -> str:
    """The settings with their secrets, for nobody without the site's own."""
    return _box(secret_key).encrypt(json.dumps(plain(settings)).encode()).decode()


def unseal(secret_key: str, sealed: str) -> dict[str, Any]:
    """What was sealed; raises Unreadable."""
    from cryptography.fernet import InvalidToken

    try:
        told = json.loads(_box(secret_key).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise Unreadable("Pengaturan ini disegel dengan kunci lain; isi lagi.") from None
    return dict(told)


def plain(settings: BaseModel) -> dict[str, Any]:
    """The values as they are, secrets too: to be sealed at once."""
    return {name: _bare(getattr(settings, name)) for name in type(settings).model_fields}


def _bare(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def find_settings(conn: Connection, post: Post, name: str) -> BaseModel | None:
    """The settings of a channel that is listed here, switched on and set up; None for any other.

    Raises Unreadable for what cannot be read or does not fit any more.
    """
    row = conn.execute(select(ChannelSetting.is_on, ChannelSetting.sealed).where(ChannelSetting.name == name)).first()
    if row is None or not row.is_on or not row.sealed:
        return None
    return opened(post, name, unseal(post.settings.secret_key, row.sealed))


def opened(post: Post, name: str, told: Mapping[str, Any]) -> BaseModel | None:
    """Values as the settings of that channel, None for one that is not listed here; raises Unreadable."""
    try:
        kind = outside_class(name, post.settings.exercise).Settings
    except LookupError:
        return None
    try:
        return kind.model_validate(told)
    except ValidationError:
        raise Unreadable("Pengaturan ini tidak lengkap lagi; periksa dan simpan ulang.") from None


@lru_cache(maxsize=4)
def _box(secret_key: str) -> "Fernet":
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, PURPOSE).derive(secret_key.encode())))
