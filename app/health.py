"""Is it alive, is it ready, how is it doing: for the operator's monitoring."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client import REGISTRY as ONE_PROCESS
from sqlalchemy import text

from app import door, policy

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
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


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
