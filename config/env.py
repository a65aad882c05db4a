"""The one place that reads the environment; a wrong value stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
SOCKET_PATH_LIMIT = 80  # sockaddr_un holds 107 bytes; the server adds its own file name
SHORTEST_TOKEN = 24
YOOKASSA_API_URL = "https://api.yookassa.ru/v3"
EMBEDDED_SHOP_ID = "100500"
EMBEDDED_ROLES = {"DATABASE_URL": "fund_app", "OWNER_DATABASE_URL": "fund_owner", "SEALER_DATABASE_URL": "fund_sealer"}
EMBEDDED_LOG = "social-capital.localhost/log"  # the name (origin) of the log in an embedded run
Network = IPv4Network | IPv6Network


class SettingError(Exception):
    """A setting has a value that the site can't run with; the message says how to mend it."""


def text(name: str, default: str | None = None) -> str:
    """Return a setting as text.

    :raises SettingError: if it is not set and has no default.
    """
    value = os.environ.get(name, "").strip() or default
    if value is None:
        message = f"{name} is not set: give it a value in the environment (README.md, Settings)."
        raise SettingError(message)
    return value


def whole(name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
    """Return a setting as a whole number between ``least`` and ``most``."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdecimal() or not least <= int(value) <= most:
        message = f"{name}={value!r} must be a whole number from {least} to {most}."
        raise SettingError(message)
    return int(value)


def wholes(name: str, default: tuple[int, ...], *, least: int, most: int) -> tuple[int, ...]:
    """Return a setting as whole numbers between ``least`` and ``most``, each larger than the one before."""
    value = text(name, ",".join(str(number) for number in default))
    parts = [part.strip() for part in value.split(",")]
    found = tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
    if len(found) != len(parts) or sorted(set(found)) != list(found) or not least <= found[0] <= found[-1] <= most:
        message = f"{name}={value!r} must be growing whole numbers from {least} to {most}, such as 1,3,7."
        raise SettingError(message)
    return found


def flag(name: str, *, default: bool) -> bool:
    """Return a setting that is 1 or 0."""
    value = text(name, "1" if default else "0")
    if value not in {"0", "1"}:
        message = f"{name}={value!r} must be 1 or 0."
        raise SettingError(message)
    return value == "1"


def one_of(name: str, default: str, known: tuple[str, ...]) -> str:
    """Return a setting that is one of some words."""
    value = text(name, default)
    if value not in known:
        message = f"{name}={value!r} must be one of {', '.join(known)}."
        raise SettingError(message)
    return value


def log_level() -> str:
    """Return from which weight on the logs tell of requests and tasks."""
    value = text("LOG_LEVEL", "INFO")
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        message = f"LOG_LEVEL={value!r} must be DEBUG, INFO, WARNING or ERROR."
        raise SettingError(message)
    return value


def networks(name: str, default: str) -> tuple[Network, ...]:
    """Return a setting that lists networks, separated by commas."""
    value = text(name, default)
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        message = f"{name}={value!r} must list networks such as 127.0.0.1/32, separated by commas."
        raise SettingError(message) from error


def port() -> int:
    """Return the web port of the embedded run; the emulator listens on the next one."""
    return whole("PORT", 8000, least=1024, most=65534)


def var_dir() -> Path:
    """Return the directory that holds all data of the embedded run."""
    return Path(text("VAR", str(BASE_DIR / "var"))).expanduser().resolve()


def socket_dir() -> Path:
    """Return where the embedded servers put their sockets: under VAR, or in /tmp if that path is too long."""
    inside = var_dir() / "run"
    if len(str(inside)) <= SOCKET_PATH_LIMIT:
        return inside
    return Path("/tmp") / f"social-capital-{sha256(str(inside).encode()).hexdigest()[:16]}"  # noqa: S108 - made 0700 by the runner


def site_url() -> str:
    """Return the public address of the site, without a slash at the end."""
    value = text("SITE_URL", f"http://127.0.0.1:{port()}").rstrip("/")
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        message = f"SITE_URL={value!r} must be an address such as https://fond.example."
        raise SettingError(message)
    return value


def is_embedded(name: str) -> bool:
    """Return whether the service named by the setting is the embedded one (the setting is not given)."""
    return not os.environ.get(name, "").strip()


def is_demonstration() -> bool:
    """Return whether all is pretended: our own database, our own shop, no production settings."""
    is_ours = is_embedded("DATABASE_URL") and is_embedded("YOOKASSA_SHOP_ID")
    return is_ours and not text("DJANGO_SETTINGS_MODULE", "dev").endswith("prod")


def plays_demo() -> bool:
    """Return whether an empty database is given a demo history and demo accounts."""
    return flag("DEMO", default=True) and is_demonstration()


@dataclass(frozen=True)
class Database:
    """Where one role finds the database."""

    name: str
    user: str
    password: str
    host: str
    port: str


def database(name: str) -> Database:
    """Return the database address of one role, the embedded server's where none is given.

    :raises SettingError: if the address is not a PostgreSQL one.
    """
    embedded = f"postgresql://{EMBEDDED_ROLES[name]}@/fund?host={socket_dir()}"
    value = text(name, embedded if is_embedded("DATABASE_URL") else None)
    parts = urlsplit(value)
    database_name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not database_name:
        message = f"{name} must look like postgresql://role:password@host:5432/database."
        raise SettingError(message)
    host = unquote(parts.hostname or "") or parse_qs(parts.query).get("host", [""])[0]
    return Database(
        database_name, unquote(parts.username or ""), unquote(parts.password or ""), host, str(parts.port or "")
    )


def metrics_dir() -> Path:
    """Return where the processes of one web server put their counts together."""
    return Path(text("METRICS_DIR", str(var_dir() / "run" / f"metrics-{port()}")))


def are_metrics_shared() -> bool:
    """Return whether this process is one of a web server's."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


def is_production() -> bool:
    """Return whether real money moves here."""
    return os.environ.get("DJANGO_SETTINGS_MODULE", "") == "config.settings.prod"


def metrics_token(default: str) -> str:
    """Return what Prometheus shows at the door; empty where nobody may ask.

    :raises SettingError: if it can be guessed.
    """
    value = text("METRICS_TOKEN", default)
    if value and len(value) < SHORTEST_TOKEN:
        message = f"METRICS_TOKEN is too short: take {SHORTEST_TOKEN} characters or more, or leave it out."
        raise SettingError(message)
    return value


def redis_socket() -> Path:
    """Return the socket of the embedded Redis."""
    return socket_dir() / "redis.sock"


def redis_url() -> str:
    """Return the address of Redis, the embedded server's where none is given."""
    value = text("REDIS_URL", f"unix://{redis_socket()}")
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        message = "REDIS_URL must look like redis://host:6379/0."
        raise SettingError(message)
    return value


@cache
def embedded_secret(name: str) -> str:
    """Return a secret of the embedded run, made once and kept under VAR, readable by its owner only."""
    path = var_dir() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(fresh, path)  # the first one wins, also when two processes start together
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class LogKeys:
    """The keys of the log of operations: the sealer's process alone has the one that signs."""

    signing: str
    verifier: str


def log_keys() -> LogKeys:
    """Return the log's keys; those of an embedded run are made once and kept under VAR.

    :raises SettingError: if one is no key, or they are not a pair.
    """
    from fund.ledger.notes import NoteError, read_signing_key, read_verifier_key  # the runners read no keys

    is_ours = is_embedded("LOG_VERIFIER_KEY") and is_embedded("LOG_SIGNING_KEY") and not is_production()
    signing = text("LOG_SIGNING_KEY", _embedded_signing_key() if is_ours else "-").removeprefix("-")
    try:
        key = read_signing_key(signing) if signing else None
        verifier = read_verifier_key(text("LOG_VERIFIER_KEY", str(key.verifier) if key else None))
    except NoteError as error:
        message = f"LOG_SIGNING_KEY or LOG_VERIFIER_KEY is wrong: {error}. `manage.py make_log_key` makes both."
        raise SettingError(message) from error
    if key and key.verifier != verifier:
        message = "LOG_SIGNING_KEY and LOG_VERIFIER_KEY are not a pair: nobody could check what the sealer signs."
        raise SettingError(message)
    return LogKeys(signing, str(verifier))


def _embedded_signing_key() -> str:
    from fund.ledger.notes import SigningKey

    return SigningKey(EMBEDDED_LOG, sha256(embedded_secret("log-signing").encode()).digest()).text()


@dataclass(frozen=True)
class Yookassa:
    """How the site talks to ЮKassa, or to the emulator."""

    shop_id: str
    secret_key: str
    api_url: str
    trusted_networks: tuple[Network, ...]
    emulator_url: str
    emulator_token: str


def sign_in_providers() -> dict[str, dict[str, str]]:
    """Return VK's and Yandex's keys where they are given: the buttons appear with them.

    :raises SettingError: if one of a pair is missing.
    """
    found: dict[str, dict[str, str]] = {}
    for name in ("vk", "yandex"):
        pair = {part: f"{name.upper()}_CLIENT_{part.upper()}" for part in ("id", "secret")}
        given = {part: text(setting) for part, setting in pair.items() if not is_embedded(setting)}
        if len(given) == 1:
            message = f"{pair['id']} and {pair['secret']} are given together or not at all."
            raise SettingError(message)
        if given:
            found[name] = {"client_id": given["id"], "secret": given["secret"]}
    return found


# https://yookassa.ru/developers/using-api/webhooks, read 2026-11: addresses that notifications come from.
YOOKASSA_NETWORKS = (
    "185.71.76.0/27,185.71.77.0/27,77.75.153.0/25,77.75.156.11/32,77.75.156.35/32,77.75.154.128/25,2a02:5180::/32"
)


def yookassa() -> Yookassa:
    """Return the payment provider's settings: the emulator's where no shop is given."""
    if not is_embedded("YOOKASSA_SHOP_ID"):
        return Yookassa(
            shop_id=text("YOOKASSA_SHOP_ID"),
            secret_key=text("YOOKASSA_SECRET_KEY"),
            api_url=text("YOOKASSA_API_URL", YOOKASSA_API_URL),
            trusted_networks=networks("YOOKASSA_TRUSTED_NETWORKS", YOOKASSA_NETWORKS),
            emulator_url="",
            emulator_token="",
        )
    emulator_url = f"http://127.0.0.1:{port() + 1}"
    return Yookassa(
        shop_id=EMBEDDED_SHOP_ID,
        secret_key="test_" + embedded_secret("emulator-shop"),
        api_url=f"{emulator_url}/v3",
        trusted_networks=networks("YOOKASSA_TRUSTED_NETWORKS", "127.0.0.1/32,::1/128"),
        emulator_url=emulator_url,
        emulator_token=embedded_secret("emulator-control"),
    )


def yookassa_live() -> Yookassa:
    """Return the provider's settings for production, which refuses the emulator and test keys.

    :raises SettingError: if money would not really move.
    """
    found = Yookassa(
        shop_id=text("YOOKASSA_SHOP_ID"),
        secret_key=text("YOOKASSA_SECRET_KEY"),
        api_url=text("YOOKASSA_API_URL", YOOKASSA_API_URL),
        trusted_networks=networks("YOOKASSA_TRUSTED_NETWORKS", YOOKASSA_NETWORKS),
        emulator_url="",
        emulator_token="",
    )
    if found.api_url != YOOKASSA_API_URL:
        message = f"YOOKASSA_API_URL must be {YOOKASSA_API_URL} in production: leave it out."
        raise SettingError(message)
    if found.secret_key.startswith("test_"):
        message = "YOOKASSA_SECRET_KEY is a test key: production needs the live one."
        raise SettingError(message)
    return found
