"""``/metrics`` for Prometheus: requests of all of this server's processes, and the fund's own gauges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config import env, gauges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
REQUESTS = Histogram(
    "fund_http_request_seconds",
    "Requests by method, route and status; how long they took.",
    ["method", "route", "status"],
    buckets=SECONDS,
)


def note_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    REQUESTS.labels(method, route, str(status)).observe(seconds)


class FundCollector(Collector):
    """Reads the fund's gauges whenever Prometheus asks."""

    def collect(self) -> Iterator[Metric]:
        """Yield what can be read now; a database or Redis that is away is told as such."""
        is_up = gauges.is_database_up()
        yield GaugeMetricFamily("fund_database_up", "1 where the database answers.", float(is_up))
        for gauge, values in gauges.readings() if is_up else ():
            yield _family(gauge.name, gauge.meaning, gauge.label, values)
        queues = gauges.queue_lengths()
        yield GaugeMetricFamily("fund_redis_up", "1 where Redis answers.", float(bool(queues)))
        yield _family("fund_queue_tasks", "Tasks that wait for a worker, and that workers hold.", "state", queues)


def _family(name: str, meaning: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], float(number))
    return family


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Tell Prometheus, which knows the token; for anybody else there is no such page."""
    told = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(told, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    registry = CollectorRegistry()
    if env.are_metrics_shared():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    registry.register(FundCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
