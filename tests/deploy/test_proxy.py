"""The proxy's file, and the alerts: what they name is what the site has."""

from __future__ import annotations

import re

import yaml
from django.urls import resolve

from config.env import BASE_DIR
from config.gauges import GAUGES
from fund.reports.exports.formats import FORMATS

NGINX = (BASE_DIR / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")
RULES = (BASE_DIR / "deploy" / "prometheus" / "rules.yml").read_text(encoding="utf-8")
OTHERS = {"fund_database_up", "fund_redis_up", "fund_queue_tasks", "fund_http_request_seconds"}


def setting(name: str) -> list[str]:
    """Return every value that a directive has."""
    return re.findall(rf"^\s*{re.escape(name)} ([^;]+);", NGINX, re.MULTILINE)


def test_a_slow_visitor_waits_at_the_proxy() -> None:
    assert setting("proxy_request_buffering") == ["on"]
    assert setting("client_header_timeout") == setting("client_body_timeout") == ["10s"]
    assert setting("client_max_body_size") == ["10m"]


def test_the_site_hears_the_visitors_own_address_alone() -> None:
    headers = [value for value in setting("proxy_set_header") if value.startswith("X-Forwarded-For")]

    assert headers == ["X-Forwarded-For $remote_addr"]
    assert "X-Request-ID $request_id" in setting("proxy_set_header")
    assert "X-Forwarded-Proto $scheme" in setting("proxy_set_header")


def test_the_proxys_log_names_no_visitor_and_no_path() -> None:
    log = NGINX[NGINX.index("log_format") : NGINX.index("access_log")]

    assert not re.search(r"\$(remote_addr|request_uri|request\b|uri|args|http_)", log)
    assert setting("error_log") == ["/dev/stderr crit"]


def test_a_post_is_repeated_only_where_asking_twice_is_asking_once() -> None:
    repeated = re.findall(
        r"location (\S+) (\S+) \{\s+proxy_pass [^;]+;\s+proxy_next_upstream error non_idempotent;", NGINX
    )

    assert NGINX.count("non_idempotent") == len(repeated) == 3
    names = set()
    for path in (
        "/projects/sad/give/",
        "/en/projects/sad/give/",
        "/api/v1/donations",
        "/payments/yookassa/notifications/",
    ):
        assert any(re.search(where, path) if kind == "~" else where == path for kind, where in repeated)
        names.add(resolve(path.removeprefix("/en")).view_name)
    assert names == {"campaigns:give", "api:donations", "payments:notifications"}


def test_prometheus_is_not_led_past_the_token() -> None:
    assert re.search(r"location = /metrics \{\s+return 404;", NGINX)


def test_every_alert_asks_for_something_that_is_measured() -> None:
    rules = yaml.safe_load(RULES)["groups"][0]["rules"]
    named = {re.sub("_(count|bucket)$", "", name) for rule in rules for name in re.findall(r"fund_\w+", rule["expr"])}

    assert named <= {gauge.name for gauge in GAUGES} | OTHERS
    assert {"fund_reconciler_lag_seconds", "fund_sealing_lag_seconds", "fund_open_alarms"} <= named
    guide = (BASE_DIR / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules if rule["alert"] not in guide] == []


def test_a_file_of_the_books_is_passed_on_as_it_comes_and_packed_on_its_way() -> None:
    (where,) = re.findall(r"location ~ (\S+) \{\s+proxy_pass \S+\s+proxy_next_upstream error;\s+proxy_buffers", NGINX)

    assert setting("proxy_max_temp_file_size") == ["0"]  # /tmp is memory there
    for form in FORMATS.values():
        path = f"/api/v1/ledger/export.{form.extension}"
        assert re.search(where, path)
        assert resolve(path).view_name == "api:ledger-export"
        assert form.media_type.partition(";")[0] in setting("gzip_types")[0].split()
