"""Is it alive, is it ready, how is it doing: for the operator's monitoring."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as ONE_PROCESS
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import door, policy
from app.messages import undelivered

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("health", __name__)

REQUESTS = Counter("xiangshen_requests_total", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram("xiangshen_request_seconds", "Time to answer", ["endpoint"])


@bp.get("/healthz")
@policy.allow(policy.public)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@policy.allow(policy.public)
def readyz() -> ResponseReturnValue:
    """The database answers too; a refusal is translated to 503."""
    door.reading().execute(text("SELECT 1"))
    return jsonify(status="ready")


@bp.get("/metrics")
@policy.allow(policy.public)
def metrics() -> ResponseReturnValue:
    """Prometheus text; over all web processes when they share a folder."""
    registry = ONE_PROCESS
    try:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    except ValueError:
        registry = ONE_PROCESS
    return Response(generate_latest(registry) + _open_effects(), content_type=CONTENT_TYPE_LATEST)


def _open_effects() -> bytes:
    """How many promised effects have not arrived; asked now, because the worker is another process.

    Nothing when the database is away: the other numbers are wanted then more than ever.
    """
    registry = CollectorRegistry()
    gauge = Gauge("xiangshen_effects_open", "Effects not delivered", ["kind", "state"], registry=registry)
    try:
        tallies = undelivered.tallies(door.reading())
    except OperationalError:
        return b""
    for tally in tallies:
        gauge.labels(tally.kind, "open").set(tally.open)
        gauge.labels(tally.kind, "failed").set(tally.failed)
        gauge.labels(tally.kind, "stuck").set(tally.stuck)
    return generate_latest(registry)


@bp.before_app_request
def _start() -> None:
    g.began = time.perf_counter()


@bp.after_app_request
def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, response.status_code).inc()
    if "began" in g:
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
    return response
