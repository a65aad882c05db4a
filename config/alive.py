"""``python -m config.alive web|worker|sealer|beat``: exit 0 where that process of this container lives.

It asks nothing of the services behind: a container is not sick because ЮKassa is. ``/healthz`` tells of those.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException

import redis

from config import env

WEB_PORT = 8000
SECONDS = 8
PULSE = "fund:1:health:{}"  # where pages/health.py keeps it


def is_web_alive() -> bool:
    """Return whether the web server answers at all."""
    connection = HTTPConnection("127.0.0.1", WEB_PORT, timeout=SECONDS)
    try:
        connection.request("HEAD", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def has_pulse(name: str) -> bool:
    """Return whether worker or beat told of itself in the last twenty seconds; True while Redis itself is away."""
    try:
        with redis.Redis.from_url(env.redis_url(), socket_timeout=SECONDS) as client:
            return bool(client.exists(PULSE.format(name)))
    except redis.RedisError:
        return True


if __name__ == "__main__":
    sys.exit(0 if (is_web_alive() if sys.argv[1] == "web" else has_pulse(sys.argv[1])) else 1)
