"""Settings from the environment or `posko.toml`; a bad one stops the start and is named."""

import contextlib
import difflib
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class BadSettings(ValueError):
    """A setting is wrong; the message names it and says what it should be."""


class Site(BaseModel):
    """Whose room this is: name, Kemendagri area code, time zone."""

    model_config = ConfigDict(extra="forbid")

    name: str = "Posko"
    area_code: str = ""
    zone: str = "Asia/Jakarta"

    @field_validator("area_code")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if code and not re.fullmatch(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", code):
            raise ValueError("the area code is a Kemendagri code with dots, such as 52.03")
        return code

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as fault:
            raise ValueError("the time zone is one such as Asia/Makassar") from fault
        return zone

    @property
    def zone_label(self) -> str:
        """WIB, WITA or WIT where the zone is Indonesian, else the zone's own name."""
        return ZONE_LABELS.get(self.zone, self.zone)


# `script/posko` names the project, so that the command means the same from any folder
HOME = Path(os.environ.get("POSKO_HOME", "."))
ORIGIN = r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?/?"
SHORTEST_KEY = 16
ZONE_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


class Settings(BaseSettings):
    """Every setting of Posko; each is described by its `description`."""

    model_config = SettingsConfigDict(env_prefix="POSKO_", toml_file=HOME / "posko.toml", extra="forbid")

    database: str = Field(
        default="", description="SQLAlchemy URL: sqlite:///FILE (SpatiaLite) or postgresql+psycopg://..."
    )
    bind: str = Field(default="127.0.0.1:5112", description="host:port the web server listens on")
    origins: str = Field(default="", description="Other origins allowed to open screens, separated by commas")
    secret_key: str = Field(default="", description="Secret of this installation; made and kept in POSKO_DATA if empty")
    site: Annotated[Site, NoDecode] = Field(
        default_factory=Site, description="Name, area code, time zone, separated by commas"
    )
    radio: str = Field(default="loopback:", description="Device and port of the radio, e.g. kiss+socket:127.0.0.1:8001")
    radio_key: str = Field(
        default="", description="Key of the radio net, 32 hex digits; made and kept in POSKO_DATA if empty"
    )
    sms_modem: str = Field(
        default="", description="Port of the GSM modem for SMS, e.g. /dev/serial/by-id/NAME?baud=115200; empty: none"
    )
    sms_pin: SecretStr = Field(default=SecretStr(""), description="PIN of the modem's SIM card, if it asks for one")
    radio_channels: str = Field(
        default="",
        description="Other channels for the field card: NAME|SERVICE|FREQUENCY|CALLSIGN; ...",
    )
    roll_call: str = Field(
        default="", description="Times at which the radio calls its stations each day, e.g. 07:00,17:00; empty: by hand"
    )
    data: Path = Field(default=HOME / "var", description="Folder of the database, the radio spool, keys and backups")
    exercise: bool = Field(
        default=False, description="This is an exercise (gladi): loud on every page, its own database"
    )
    language: str = Field(default="id", description="Language of a screen before anyone chooses: id or en")
    ladder_s: float = Field(
        default=60.0, description="Seconds an alert waits for a person before the next rung", ge=0.2
    )

    public_url: str = Field(
        default="",
        description="Address of this site for people outside, https://…, for links in alerts; without it none",
    )

    keep_messages_days: int = Field(
        default=30,
        description="Days until words kept beside and the addresses of those who wrote to us are forgotten",
        ge=1,
        le=3650,
    )

    cap_key: str = Field(
        default="", description="PEM file with the private key and certificate that sign CAP messages; unsigned without"
    )

    @classmethod
    def settings_customise_sources(  # type: ignore[override]
        cls, settings_cls: Any, **sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls)
        return (sources["init_settings"], sources["env_settings"], toml)

    @field_validator("site", mode="before")
    @classmethod
    def _read_site(cls, words: Any) -> Any:
        if not isinstance(words, str):
            return words
        if words.lstrip().startswith("{"):
            return Site.model_validate_json(words)
        parts = [part.strip() for part in words.split(",")]
        if len(parts) > 3:
            raise ValueError("it is NAME, AREA CODE, TIME ZONE separated by commas")
        return dict(zip(("name", "area_code", "zone"), parts, strict=False))

    @field_validator("bind")
    @classmethod
    def _is_an_address(cls, bind: str) -> str:
        if not re.fullmatch(r"[^\s:]*:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", bind) or int(bind.rpartition(":")[2]) > 65535:
            raise ValueError("it is HOST:PORT, such as 127.0.0.1:5112")
        return bind

    @field_validator("database")
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise ValueError("it starts with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("radio")
    @classmethod
    def _is_a_radio(cls, url: str) -> str:
        if not re.match(r"(loopback|direwolf|kiss\+(serial|socket)|meshtastic|rylr|voice):", url):
            known = "kiss+serial:PATH?baud=9600, kiss+socket:HOST:PORT, direwolf:FILE.conf, meshtastic:PATH, rylr:PATH"
            raise ValueError(f"it is loopback:, {known} or voice:CARD")
        _require_place(url)
        return url

    @field_validator("radio_channels")
    @classmethod
    def _are_channels(cls, words: str) -> str:
        if words and any(not re.fullmatch(r"\s*[^|]+\|\s*\w+\s*(\|[^|]*){0,2}", one) for one in words.split(";")):
            raise ValueError("each is NAME|SERVICE|FREQUENCY|CALLSIGN, such as RAPI Lotim|rapi|143,550 MHz|JZ21AB")
        return words

    @field_validator("roll_call")
    @classmethod
    def _are_times(cls, words: str) -> str:
        if words and not re.fullmatch(r"\s*([01]\d|2[0-3])[:.][0-5]\d\s*(,\s*([01]\d|2[0-3])[:.][0-5]\d\s*)*", words):
            raise ValueError("they are times of the day, such as 07:00,17:00")
        return words

    @field_validator("sms_modem")
    @classmethod
    def _is_a_modem(cls, url: str) -> str:
        if url and not re.fullmatch(r"(serial:)?/[^?\s]+(\?.*)?|socket:[^?\s]+:\d{1,5}(\?.*)?", url):
            raise ValueError("it is /dev/serial/by-id/NAME?baud=115200 or socket:HOST:PORT")
        return url

    @field_validator("sms_pin")
    @classmethod
    def _is_a_pin(cls, pin: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(\d{4,8})?", pin.get_secret_value()):
            raise ValueError("it is four to eight digits")
        return pin

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, code: str) -> str:
        if code not in ("id", "en"):
            raise ValueError("it is id or en")
        return code

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, url: str) -> str:
        if url and not re.fullmatch(ORIGIN, url):
            raise ValueError("it is an address without a path, such as https://posko.lomboktimurkab.go.id")
        return url.rstrip("/")

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, words: str) -> str:
        for one in filter(None, (one.strip() for one in words.split(","))):
            if not re.fullmatch(ORIGIN, one):
                raise ValueError("each is an address without a path, such as https://posko.example.go.id")
        return words

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, key: str) -> str:
        if key and len(key) < SHORTEST_KEY:
            raise ValueError(f"it has at least {SHORTEST_KEY} letters; left empty, Posko makes one")
        return key

    @field_validator("cap_key")
    @classmethod
    def _is_a_file(cls, path: str) -> str:
        if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
            raise ValueError("there is no file of that name that may be read")
        return path

    @field_validator("radio_key")
    @classmethod
    def _is_a_key(cls, key: str) -> str:
        if key and not re.fullmatch(r"[0-9a-fA-F]{32}", key):
            raise ValueError("it is 32 hexadecimal digits")
        return key

    def filled(self) -> "Settings":
        """The same settings with paths made absolute and the secrets made or read from POSKO_DATA."""
        folder = self.data.absolute()
        return self.model_copy(
            update={
                "data": folder,
                "database": self.database or f"sqlite:///{folder}/posko.db",
                "secret_key": self.secret_key or _kept(folder / "secret_key"),
                "radio_key": self.radio_key or _kept(folder / "radio_key"),
            }
        )


def _require_place(url: str) -> None:
    """What can be seen of a radio's address without its device; the rest the radio says before it starts."""
    place, _, options = url.partition(":")[2].partition("?")
    if not place and not url.startswith("loopback:"):
        raise ValueError("the device needs a place, such as /dev/serial/by-id/NAME or 127.0.0.1:8001")
    if url.startswith("kiss+socket:") and not re.fullmatch(r"\S+:\d{1,5}", place):
        raise ValueError("a socket is HOST:PORT, such as kiss+socket:127.0.0.1:8001")
    if found := re.search(r"(?:^|&)(baud|air|txdelay|tail|guard)=(?!\d+(?:\.\d+)?(?:&|$))", options):
        raise ValueError(f"{found[1]} is a number, such as ?baud=9600")


def _kept(path: Path) -> str:
    """The secret in the file, made on the first start and readable by its owner alone.

    Written beside and linked whole: of two processes that start together neither reads half of it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(16))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()


def load_settings(**given: Any) -> Settings:
    """Read and check the settings; raises BadSettings naming each bad one in a sentence."""
    try:
        settings = Settings(**given)
    except ValidationError as fault:
        raise BadSettings("; ".join(_sentence(one) for one in fault.errors())) from None
    except (ValueError, OSError) as fault:  # posko.toml that is not TOML
        raise BadSettings(f"posko.toml cannot be read: {fault}.") from None
    try:
        return settings.filled()
    except OSError as fault:
        raise BadSettings(f"POSKO_DATA is wrong: {fault.filename} cannot be used ({fault.strerror}).") from None


def _sentence(fault: Any) -> str:
    path = [str(part) for part in fault["loc"]]
    if fault["type"] == "extra_forbidden" and len(path) == 1:
        return _unknown(path[0])
    name = "POSKO_" + path[0].upper() if path else "A setting"
    if fault["type"] == "extra_forbidden":
        return f"{name} is wrong: it has name, area_code and zone, but no {path[-1]}."
    return f"{name} is wrong: {str(fault['msg']).removeprefix('Value error, ')}."


def _unknown(name: str) -> str:
    """A slip of the pen must not leave a default where something else was meant."""
    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    return f"posko.toml is wrong: {name} is no setting" + (f"; did you mean {near[0]}?" if near else ".")
