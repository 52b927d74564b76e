"""A refusal becomes a page for people, or ``application/problem+json`` (RFC 9457) for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from app import door
from workflows.commands import Actor
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, Unavailable

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = structlog.get_logger("web")

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方式",
    409: "内容已有变化",
    413: "文件太大",
    415: "请求格式不对",
    422: "填写有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "系统暂时不可用",
}

_SENTENCES = {
    400: "请求的内容不完整或已过期，请返回上一页刷新后再试。",
    401: "请先登录后再继续。",
    403: "您没有查看或办理此内容的权限；如职责有变，请联系本单位管理员。",
    404: "没有找到所要的页面或内容，请核对网址或编号。",
    405: "此网址不支持这种请求方式。",
    413: "上传的文件太大，请压缩后再传。",
    415: "请以 JSON 格式（Content-Type: application/json）提交。",
    429: "操作过于频繁，请稍后再试。",
    500: "系统出错，已记录，请稍后重试；若一再出现，请把时间告诉管理员。",
    503: "系统暂时不可用，请稍后重试。",
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal's kind."""
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 409)


def wants_json() -> bool:
    """Whether the request came through the API, or from a script that reads nothing but JSON."""
    if request.headers.get("Accept") == "application/json":
        return True
    return request.path.startswith(("/api/", "/demo/"))


def problem(status: int, code: str, detail: str, errors: dict[str, str] | None = None) -> Response:
    """A problem document with a stable ``code`` and, for answers, one sentence per field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "出错"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def answer(
    status: int, code: str, sentence: str, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    """The problem document or the error page, as the asker reads it."""
    g.refused = code, sentence
    if wants_json():
        return problem(status, code, sentence, errors)
    template = f"errors/{status}.html"
    if template not in _templates():
        template = "errors/500.html" if status >= 500 else "errors/400.html"
    return make_response(render_template(template, sentence=sentence, code=code, errors=errors or {}), status)


def _templates() -> set[str]:
    found: set[str] = current_app.extensions.setdefault(
        "error_templates", set(current_app.jinja_env.list_templates())
    )
    return found


def register(app: Flask) -> None:
    """Translate every exception at the edge."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(OperationalError, on_database)
    app.register_error_handler(DataError, on_unfit)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(RequestEntityTooLarge, on_too_large)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_fault)


def on_refusal(refusal: Refusal) -> ResponseReturnValue:
    """A rule said no."""
    if isinstance(refusal, Unavailable):
        return unavailable(refusal)
    errors = refusal.errors if isinstance(refusal, Invalid) else None
    return answer(status_of(refusal), refusal.code, str(refusal), errors)


def on_database(error: OperationalError) -> ResponseReturnValue:
    """The database is gone or locked while reading."""
    log.warning("database unavailable", error=str(error.orig))
    return unavailable(Unavailable())


def on_unfit(_error: DataError) -> ResponseReturnValue:
    """Something typed that no column can hold: a NUL sign, a number without end."""
    # The reading transaction may have ended with it, and the page of the refusal reads again.
    door.close_reading()
    return answer(400, "request.unfit", "内容中有不能保存的字符或过大的数字，请修改后再提交。")


def unavailable(refusal: Unavailable) -> ResponseReturnValue:
    """A page that needs no database and carries what was typed, ready to be sent again."""
    # Whoever it is cannot be looked up now; without this the page would ask the database for their name.
    g.actor = Actor(kind="public", name="公众")
    if wants_json():
        return problem(503, refusal.code, str(refusal))
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return make_response(render_template("errors/503.html", sentence=str(refusal), typed=typed), 503)


def on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """The page is older than its session."""
    return answer(
        400, "csrf", "页面打开太久，安全标记已过期：请返回上一页刷新后再提交，已填内容会保留在浏览器中。"
    )


def on_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A body beyond the limit."""
    limit = current_app.config["MAX_CONTENT_LENGTH"] // 1024 // 1024
    return answer(413, "too_large", f"上传的内容超过 {limit} MB，请压缩照片或分开上传。")


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Flask's own refusals, in words."""
    status = error.code or 500
    if error.response is not None:
        return error.response
    return answer(status, f"http.{status}", _SENTENCES.get(status, "请求没有成功，请稍后再试。"))


def on_fault(error: Exception) -> ResponseReturnValue:
    """A bug: logged whole, told plainly."""
    log.error("unexpected fault", path=request.path, exc_info=error)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return answer(InternalServerError.code, "internal", _SENTENCES[500])
