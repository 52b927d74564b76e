"""The OpenAPI 3.1 document, made from the table of calls."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response

from app import policy
from app.api.answering import text
from app.api.asking import MOST_ROWS, Unfit
from app.api.calls import CALLS, Call
from app.api.schema_parts import Query
from app.api.schemas import BODIES, SCHEMAS
from app.errors import STATUS
from app.security.commands import SignInRefused
from workflows.errors import NotAllowed, Refusal, Unavailable
from workflows.once import KeyReused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

VERSION = "1.0.0"

ABOUT = """乡审的程序接口。与页面使用同样的命令、同样的检查。

- 先以 `POST /tokens` 取得令牌，之后每次请求带 `Authorization: Bearer <令牌>`；公示类接口无需令牌。
- 出错时回答 `application/problem+json`（RFC 9457），`code` 稳定不变，`errors` 按字段给出一句话。
- 列表以 `cursor`、`limit` 翻页，回答为 `{items, next}`。
- 所有 POST（取令牌除外）可带 `Idempotency-Key`：同一键重发得到逐字节相同的回答
  （并有 `Idempotent-Replayed: true`），不会办第二次；同一键配不同内容回答 409。
- 时刻为 UTC（ISO 8601），日期为北京时间的日期；金额为两位小数的元。
"""

UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "照片、PDF、Word 或 Excel 文件"}
    },
}


@Call("GET", "/openapi.json", policy.public, summary="本文档", gives="OpenApi")
def document() -> ResponseReturnValue:
    """This document."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(_text(), content_type="application/json", headers=headers)


@cache
def _text() -> str:
    return text(build())


def build() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for name, one in CALLS.items():
        paths.setdefault(path_of(one.rule), {})[one.method.lower()] = _operation(name, one)
    paths.update(_health())
    return {
        "openapi": "3.1.0",
        "info": {"title": "乡审 API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {**SCHEMAS, **BODIES, "Upload": UPLOAD},
        },
    }


def path_of(rule: str) -> str:
    """A route's address as OpenAPI writes it: ``/work-items/{id}``."""
    return re.sub(r"<(?:[^:>]+:)?(?:\w+_)?(\w+)>", r"{\1}", rule)


def _operation(name: str, one: Call) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": name,
        "summary": one.summary,
        "tags": [one.rule.split("/")[1]],
        "parameters": list(_parameters(one)),
        "responses": {str(one.status): _success(one), **_later(one), **_refused(one)},
        "x-policy": one.policy.sentence,
    }
    if one.policy is policy.public:
        found["security"] = []
    if one.body:
        found["requestBody"] = {
            "required": True,
            "content": {one.media: {"schema": {"$ref": f"#/components/schemas/{one.body}"}}},
        }
    return found


def _parameters(one: Call) -> Iterator[dict[str, Any]]:
    for kind, name in re.findall(r"<(?:([^:>]+):)?(?:\w+_)?(\w+)>", one.rule):
        schema: dict[str, Any] = {"type": "integer", "minimum": 1} if kind else {"type": "string"}
        if name == "action":
            schema["enum"] = list(one.actions)
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for query in one.query:
        yield {"name": query.name, "in": "query", "description": query.says, "schema": _query_schema(query)}
    if one.repeatable:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "重发时保证只办一次",
            "schema": {"type": "string", "maxLength": 255},
        }


def _query_schema(query: Query) -> dict[str, Any]:
    if query.kind == "limit":
        return {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 20}
    if query.kind == "division":
        return {"type": "string", "pattern": "^[0-9]{12}$"}
    return {"type": "string", **({"enum": list(query.values)} if query.values else {})}


def _success(one: Call) -> dict[str, Any]:
    if one.gives == "File":
        content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        return {"description": "文件内容", "content": content}
    found: dict[str, Any] = {
        "description": "成功",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{one.gives}"}}},
    }
    headers = {}
    if one.status == 201:
        headers["Location"] = {"description": "新建内容的网址", "schema": {"type": "string"}}
    if one.repeatable:
        headers["Idempotent-Replayed"] = {
            "description": "true：此键已用过，原样给出第一次的回答",
            "schema": {"type": "string"},
        }
    if headers:
        found["headers"] = headers
    return found


def _later(one: Call) -> dict[str, Any]:
    return {"202": {**_success(one), "description": "已受理，随后办理"}} if one.later else {}


def _refused(one: Call) -> dict[str, Any]:
    """Every refusal by status, with its stable codes and sentences."""
    by_status: dict[int, dict[str, str]] = {}
    for status, code, sentence in _refusals(one):
        by_status.setdefault(status, {})[code] = sentence
    return {
        str(status): {
            "description": "；".join(f"{code}：{sentence}" for code, sentence in codes.items()),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, codes in sorted(by_status.items())
    }


def _refusals(one: Call) -> Iterator[tuple[int, str, str]]:
    for refusal in one.refusals:
        status = 401 if refusal is SignInRefused else status_of(refusal)
        yield status, refusal.code, refusal.sentence
    if one.policy is not policy.public:
        yield 401, "sign_in.required", "没有令牌"
        yield 401, "token.invalid", "令牌无效或已过期"
        yield 403, NotAllowed.code, NotAllowed.sentence
    if one.body:
        yield 413, "too_large", "内容过大"
    if one.body and one.media == "application/json":
        yield 400, "request.malformed", "不是有效的 JSON"
        yield 415, "request.not_json", "不是 JSON 格式"
    if one.body or one.query:
        yield 422, Unfit.code, Unfit.sentence
    if one.repeatable:
        yield 400, "idempotency.bad_key", "幂等键不合格式"
        yield 409, KeyReused.code, KeyReused.sentence
    yield 503, Unavailable.code, Unavailable.sentence


def status_of(refusal: type[Refusal]) -> int:
    """The HTTP status of a kind of refusal."""
    return next((status for kind, status in STATUS.items() if issubclass(refusal, kind)), 409)


def _health() -> dict[str, Any]:
    """What the operator's monitoring asks; it stands at the root, without a version."""
    said = {"/healthz": "进程在运行", "/readyz": "数据库可用", "/metrics": "Prometheus 指标"}
    return {
        path: {
            "servers": [{"url": "/"}],
            "get": {
                "operationId": path.strip("/"),
                "summary": summary,
                "tags": ["health"],
                "security": [],
                "responses": {
                    "200": {
                        "description": "正常",
                        "content": {
                            "text/plain" if path == "/metrics" else "application/json": {
                                "schema": {"$ref": "#/components/schemas/Health"}
                                if path != "/metrics"
                                else {"type": "string"}
                            }
                        },
                    }
                },
            },
        }
        for path, summary in said.items()
    }
