"""What a program sent, checked before anything is done: query, JSON body, cursor, idempotency key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
from flask import abort, g, request

from app.api.checking import faults, unfit
from app.api.schemas import BODIES
from app.errors import problem
from app.pages import decode_cursor
from workflows.clock import LOCAL, start_of_day
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.api.schema_parts import Query

MOST_BYTES = 2 * 1024 * 1024
"""A JSON body is at most so long; files have their own call."""

USUAL_ROWS, MOST_ROWS = 20, 100
LONGEST_KEY = 255
LONGEST_TEXT = 200


class Unfit(Invalid):
    """A parameter or field of the request is missing, unknown or of the wrong kind."""

    code = "request.invalid"
    sentence = "请求的内容有误，请按 errors 中各项的提示修改。"


def refuse(status: int, code: str, sentence: str) -> NoReturn:
    """Answer with a problem document, here and now."""
    abort(problem(status, code, sentence))


def check_address() -> None:
    """Refuse what no database can hold, wherever in the address it stands."""
    if "\x00" in request.path:
        refuse(404, "http.404", "没有找到所要的内容，请核对网址或编号。")


def check_query(known: tuple[Query, ...]) -> None:
    """Read the query's parameters into their kinds; an unknown or unreadable one is refused by name."""
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    kinds = {query.name: query for query in known}
    for name, text in request.args.items():
        query = kinds.get(name)
        if query is None:
            errors[name] = f"没有“{name[:40]}”这个查询参数。"
            continue
        if not text.strip():
            continue
        try:
            found[name] = _READ[query.kind](text.strip())
            if query.values and found[name] not in query.values:
                raise ValueError
        except (ValueError, OverflowError):
            errors[name] = _wrong(query)
    if errors:
        raise Unfit(errors)
    g.asked = found


def _wrong(query: Query) -> str:
    if query.values:
        return f"只能是 {'、'.join(query.values)} 之一。"
    return {
        "limit": f"应为 1 至 {MOST_ROWS} 的整数。",
        "day": "应为日期（2026-03-20）或带时区的时刻（2026-03-20T09:00:00+08:00）。",
        "number": "应为正整数。",
        "division": "应为 12 位区划代码。",
    }.get(query.kind, f"内容过长或含有不能使用的字符（最多 {LONGEST_TEXT} 个字）。")


def asked(name: str) -> Any:
    """A query parameter as its kind reads it; None when it was not given."""
    return g.asked.get(name)


def limit() -> int:
    """How many rows the program wants on a page."""
    return int(asked("limit") or USUAL_ROWS)


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise ValueError
    return text


def _long_text(text: str) -> str:
    if len(text) > 1000 or not text.isprintable():
        raise ValueError
    return text


def _limit(text: str) -> int:
    count = _number(text)
    if not 1 <= count <= MOST_ROWS:
        raise ValueError
    return count


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ValueError
    return int(text)


def _division(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) == 12):
        raise ValueError
    return text


def instant(text: str) -> datetime:
    """A date (its beginning in Beijing time) or an instant; without a zone it is Beijing time."""
    # An unescaped plus sign arrives as a space.
    text = text.replace(" ", "+") if "T" in text else text
    is_day = len(text) == len("2026-03-20")
    found = start_of_day(date.fromisoformat(text)) if is_day else datetime.fromisoformat(text)
    found = (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)
    if not 1970 <= found.year < 9000:
        raise ValueError
    return found


_READ: dict[str, Callable[[str], Any]] = {
    "text": _long_text,
    "word": _text,
    "limit": _limit,
    "number": _number,
    "division": _division,
    "day": instant,
}


def cursor(*kinds: Callable[[Any], Any]) -> str | None:
    """The cursor as it was given, once its parts are known to be of these kinds."""
    text: str | None = asked("cursor")
    if text is None:
        return None
    values = decode_cursor(text)
    try:
        if values is None or len(values) != len(kinds):
            raise ValueError
        for kind, value in zip(kinds, values, strict=True):
            kind(value)
    except (ValueError, TypeError, OverflowError):
        raise Unfit({"cursor": "不是本接口给出的游标，请原样使用上一页回答中的 next。"}) from None
    return text


def row_number(value: Any) -> int:
    """A row's number inside a cursor."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError
    return value


def aware(value: Any) -> datetime:
    """An instant inside a cursor."""
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None or not timedelta(0) <= found.utcoffset() < timedelta(days=1):  # type: ignore[operator]
        raise ValueError
    return found


def body(name: str) -> dict[str, Any]:
    """The JSON object of the request, fitting the schema of that name."""
    if request.mimetype != "application/json":
        refuse(415, "request.not_json", "请以 JSON 格式（Content-Type: application/json）提交。")
    if (request.content_length or 0) > MOST_BYTES:
        refuse(413, "too_large", "JSON 内容超过 2 MB；照片和文件请先用 POST /attachments 上传。")
    try:
        found = orjson.loads(request.get_data(cache=True))
    except orjson.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        refuse(400, "request.malformed", f"不是有效的 JSON：{where}附近有误，或不是 UTF-8 编码。")
    errors = unfit(found) or faults(BODIES[name], found)
    if errors:
        raise Unfit(errors)
    g.sent = found
    checked: dict[str, Any] = found
    return checked


def idempotency_key() -> str | None:
    """The key under which this request may be repeated; None when none was sent."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
        refuse(400, "idempotency.bad_key", f"幂等键（Idempotency-Key）应为 1 至 {LONGEST_KEY} 个可见字符。")
    return key


def fingerprint(content: bytes | None = None) -> bytes:
    """What makes this request the same as another: method, address and content, however it was spaced."""
    if content is None:
        content = orjson.dumps(g.get("sent"), option=orjson.OPT_SORT_KEYS)
    return b" ".join((request.method.encode(), request.path.encode(), content))


def place_of(cursor: str | None) -> int:
    """The place at which a short list goes on."""
    values = decode_cursor(cursor)
    return int(values[0]) if values else 0
