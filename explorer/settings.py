"""Every setting, in one place. The environment (`EXPLORER_*`, `.env`) goes before what a page chose, and that
before the default."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from explorer.addresses import same
from explorer.errors import SettingError

__all__ = ["PREFIX", "Server", "Settings", "variable"]

PREFIX = "EXPLORER_"
_PROGRAM = "document-explorer"
"""What the folders for its files are called where the system keeps such things."""


def variable(name: str) -> str:
    """The environment variable that gives a setting, for messages: "chat_key" → "EXPLORER_CHAT_KEY"."""
    return f"{PREFIX}{name.upper()}"


def _env_file() -> Path:
    """Where `.env` stands: beside `app.py` in a checkout, else in the user's folder for settings.

    So every process reads the same one, whatever its working directory is.
    """
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "app.py").is_file():
        return checkout / ".env"
    return platformdirs.user_config_path(_PROGRAM, appauthor=False) / ".env"


ENV_FILE = _env_file()

Source = Literal["environment", "page", "default"]
Server = Literal["chat", "embed", "store"]
"""The beginning of the fields of a server: `chat_url`, `embed_key`."""
SERVERS: tuple[Server, ...] = get_args(Server)
_SECRET = frozenset({"chat_key", "embed_key", "store_key", "chat_url", "embed_url", "store_url"})
"""Fields whose value no message shows: people put keys into addresses too."""

_MAY_BE_EMPTY = (
    "chat_url", "chat_model", "chat_key", "chat_context", "embed_url", "embed_model", "embed_key",
    "store_url", "store_key", "reranker", "ocr_models",
)  # fmt: skip
"""Fields for which an empty text stands for none."""
_POSTGRES = ("postgresql://", "postgres://")
_POSTGRES_OPTIONS = frozenset({"host", "sslmode", "sslrootcert"})

PAGE_FIELDS = frozenset(
    {
        "model",
        "chunk_tokens",
        "embed_url",
        "embed_model",
        "embed_tokens",
        "vectors",
        "store",
        "store_url",
        "reranker",
        "picture_model",
        "read_seconds",
        "read_memory_mb",
        "max_file_mb",
        "max_pages",
        "ocr",
        "ocr_models",
        "bin_days",
        "chat_url",
        "chat_model",
    }
)
"""What the Settings page may change, which the library keeps. Keys are not among them, nor where the library
stands."""


def default_home() -> Path:
    """The folder of the default library: outside the code, so that an update cannot lose it."""
    return platformdirs.user_data_path(_PROGRAM, appauthor=False) / "default"


class Settings(BaseSettings):
    """Resolved settings. Make them with `resolve`, which says where each value came from."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )  # unknown keys are refused by `resolve`, which can name the one that was meant

    home: Path = Field(default_factory=default_home, description="Folder of the library that opens first.")
    model: str = Field(
        "all-MiniLM-L6-v2",
        min_length=1,
        description="Embedding model: a sentence-transformers name, a folder with one, or word vectors.",
    )
    chunk_tokens: int = Field(
        115,
        ge=20,
        le=2000,
        description="Length of passages that is aimed at, in tokens of the embedding model.",
    )
    embed_url: str | None = Field(
        None,
        description="Address of a server that embeds instead, by OpenAI's /v1/embeddings; it gets all text.",
    )
    embed_key: SecretStr | None = Field(
        None, description="Key for that server; from the environment or typed for one session, never stored."
    )
    embed_model: str | None = Field(None, description="Name of the embedding model on that server.")
    embed_tokens: int = Field(
        512,
        ge=64,
        le=100_000,
        description="How many tokens that model reads; longer passages are sent in parts.",
    )
    vectors: Literal["float32", "float16", "int8"] = Field(
        "float32",
        description="How a library keeps its vectors: float32, float16 (half the room) or int8 (a quarter).",
    )
    store: str = Field(
        "chroma",
        min_length=1,
        description="Vector store that holds the index of a library, by its name in docs/stores.md, or none.",
    )
    store_url: str | None = Field(
        None,
        description="Address of the server that holds the index, for the stores that are servers; it gets "
        "vectors, no text.",
    )
    store_key: SecretStr | None = Field(
        None, description="Key for that server; from the environment or typed for one session, never stored."
    )
    reranker: str | None = Field(
        None,
        description="Model that reads the best passages once more (CrossEncoder): a name or a folder; slow.",
    )
    picture_model: str = Field(
        "thin-resnet-50",
        min_length=1,
        description="Model that finds pictures: thin-resnet-50 (an extra), or a CLIP or ResNet folder.",
    )
    read_seconds: float = Field(
        300, gt=0, le=86_400, description="Longest time to read one file, in seconds."
    )
    read_memory_mb: int = Field(
        1536, ge=128, le=1_048_576, description="Most memory for reading one file, in MB (Linux)."
    )
    max_file_mb: int = Field(2048, ge=1, le=1_048_576, description="Largest file that is read, in MB.")
    max_pages: int = Field(20_000, ge=1, le=10_000_000, description="Most pages a file may have.")
    max_characters: int = Field(
        50_000_000, ge=1_000, le=2_000_000_000, description="Most characters of text a file may have."
    )
    max_cells: int = Field(
        5_000_000, ge=1, le=1_000_000_000, description="Most cells a file's sheets and tables may have."
    )
    max_image_pixels: int = Field(
        100_000_000,
        ge=1,
        le=10_000_000_000,
        description="Most pixels an image may have, by what it declares.",
    )
    max_inflated_mb: int = Field(
        512, ge=1, le=1_048_576, description="Most that is unpacked of one compressed document (DOCX), in MB."
    )
    max_members: int = Field(
        10_000, ge=1, le=10_000_000, description="Most files in an archive or mail, all levels together."
    )
    max_depth: int = Field(
        4, ge=1, le=100, description="How deep archives and mails may stand in each other."
    )
    max_unpacked_mb: int = Field(
        2048,
        ge=1,
        le=1_048_576,
        description="Most that is unpacked of an archive or mail, all levels together, in MB.",
    )
    ocr: bool = Field(True, description="Whether pages and images without text are recognised (OCR).")
    ocr_models: str | None = Field(
        None,
        description="Folder with models of OCR for other letters; docs/reading.md says what belongs there.",
    )
    bin_days: int = Field(
        7, ge=0, le=3650, description="Days that removed documents stay in the bin; 0 removes them at once."
    )
    chat_url: str | None = Field(
        None,
        description="Address of a server that speaks OpenAI's chat API, such as http://127.0.0.1:11434/v1.",
    )
    chat_key: SecretStr | None = Field(
        None, description="Key for that server; from the environment or typed for one session, never stored."
    )
    chat_model: str | None = Field(None, description="Name of the language model on that server.")
    chat_context: int | None = Field(
        None,
        ge=1024,
        le=10_000_000,
        description="Tokens that model takes with its answer; without it the server is asked, else 4,096.",
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def embedder(self) -> str:
        """The name by which `explorer.embedding.load` knows the model: a server's says where it is."""
        return f"{self.embed_model or ''} at {self.embed_url}" if self.embed_url else self.model

    @field_validator(*_MAY_BE_EMPTY, mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("ocr_models")
    @classmethod
    def _absolute_folder(cls, value: str | None) -> str | None:
        return None if value is None else str(Path(value.strip()).expanduser().absolute())

    @field_validator("chat_url", "embed_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.strip())
        except ValueError:  # whose message may hold the address
            raise ValueError("it is no web address; it looks like http://localhost:11434/v1") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must be an address that starts with http:// or https://")
        if parts.username or parts.password or parts.query:
            raise ValueError("the key belongs into its own setting, not into the address")
        return value.strip().rstrip("/")

    @field_validator("store_url")
    @classmethod
    def _store_address(cls, value: str | None) -> str | None:
        """A web address, or one of PostgreSQL, which names a user and may name the place of a socket."""
        if value is None or not value.strip().startswith(_POSTGRES):
            return cls._web_address(value)
        try:
            parts = urlsplit(value.strip())
            asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
        except ValueError:
            raise ValueError("it looks like postgresql://user@localhost:5432/database") from None
        if parts.password or not asked.keys() <= _POSTGRES_OPTIONS:
            known = ", ".join(sorted(_POSTGRES_OPTIONS))
            raise ValueError(
                f"the key belongs into its own setting, and behind ? only these may stand: {known}"
            )
        if not all(one.startswith("/") for one in asked.get("host", ())) or (
            parts.hostname and "host" in asked
        ):
            raise ValueError("host behind ? is the folder of a socket on this machine")
        return "postgresql" + value.strip().removeprefix(parts.scheme).rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the page chose comes as arguments, and gives way to the environment."""
        return env_settings, DotEnvSettingsSource(settings_cls, env_file=ENV_FILE), init_settings


def resolve(page: Mapping[str, Any] | None = None) -> Settings:
    """The settings that hold, given what pages have chosen in this library.

    Stored choices that no longer exist are passed over. Raises SettingError for an unknown `EXPLORER_`
    variable and for a value that a setting cannot have.
    """
    chosen = {key: value for key, value in (page or {}).items() if key in PAGE_FIELDS}
    return _resolved(_environment(), json.dumps(chosen, default=str))


@lru_cache(maxsize=8)
def _resolved(_environment: object, chosen: str) -> Settings:
    """Kept for as long as what it rests on stays as it is: each file of a queue asks, and it takes 10 ms."""
    _refuse_unknown(key[len(PREFIX) :].lower() for key in _environment_keys())
    try:
        return Settings(**json.loads(chosen))
    except ValidationError as error:
        raise _setting_error(error) from None


def _environment() -> object:
    """What settings are read from besides the library, in a form that can be compared."""
    try:
        state = ENV_FILE.stat()
    except OSError:
        return frozenset(os.environ.items()), ENV_FILE
    return frozenset(os.environ.items()), ENV_FILE, state.st_mtime_ns, state.st_size, state.st_ino


def sources(page: Mapping[str, Any] | None = None) -> dict[str, Source]:
    """Where the value of each setting comes from."""
    from_environment = _from_environment()
    chosen = page or {}
    return {
        field: "environment"
        if field in from_environment
        else "page"
        if field in PAGE_FIELDS and field in chosen
        else "default"
        for field in Settings.model_fields
    }


def source_of(field: str, page: Mapping[str, Any] | None = None) -> Source:
    """Where the value of one setting comes from. Raises SettingError for an unknown one."""
    found = sources(page).get(field)
    if found is None:
        raise SettingError(f"There is no setting {field}.")
    return found


def validate_change(values: Mapping[str, Any]) -> dict[str, Any]:
    """A page's choices in the form in which they are stored; None takes a choice back.

    Raises SettingError for an unknown key, a key that pages may not store or that the environment sets, and a
    value that the setting cannot have.
    """
    _refuse_unknown(values, variables=False)
    from_environment = _from_environment()
    for key in values:
        if key not in PAGE_FIELDS:
            raise SettingError(f"{key!r} cannot be kept in a library. Set {variable(key)} instead.")
        if key in from_environment:
            raise SettingError(f"{key!r} is set by {variable(key)}. Change it there.")
    given = {key: value for key, value in values.items() if value is not None}
    try:
        checked = Settings(**given)
    except ValidationError as error:
        raise _setting_error(error) from None
    return {key: getattr(checked, key) if key in given else None for key in values}


def environment_key(kind: Server, address: str, page: Mapping[str, Any] | None = None) -> str | None:
    """The environment's key for a server; None unless the environment gives this address too."""
    found = resolve(page)
    key: SecretStr | None = getattr(found, f"{kind}_key")
    url = f"{kind}_url"
    if key is None or not same(address, getattr(found, url) or "") or sources(page)[url] != "environment":
        return None
    return key.get_secret_value().strip() or None


def _from_environment() -> set[str]:
    found = {**DotEnvSettingsSource(Settings, env_file=ENV_FILE)(), **EnvSettingsSource(Settings)()}
    return set(found) & set(Settings.model_fields)


def _environment_keys() -> list[str]:
    from dotenv import dotenv_values

    keys = [*os.environ, *(dotenv_values(ENV_FILE) if ENV_FILE.is_file() else ())]
    return [key for key in keys if key.upper().startswith(PREFIX)]


def _refuse_unknown(keys: Iterable[str], *, variables: bool = True) -> None:
    for key in keys:
        if key in Settings.model_fields:
            continue
        near = difflib.get_close_matches(key, Settings.model_fields, n=1)
        shown, meant = (variable(key), [variable(one) for one in near]) if variables else (key, near)
        hint = f"Did you mean {meant[0]}?" if meant else f"Known are: {', '.join(Settings.model_fields)}."
        raise SettingError(f"There is no setting {shown}. {hint}")


def _setting_error(error: ValidationError) -> SettingError:
    """The first thing that is wrong. The message leaves out a value that is a key or may hold one."""
    first = error.errors(include_url=False, include_input=True)[0]
    field = str(first["loc"][0]) if first["loc"] else "?"
    value = "" if field in _SECRET else f" ({first['input']!r})"
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return SettingError(f"The setting {field}{value} is not valid: {reason}.")
