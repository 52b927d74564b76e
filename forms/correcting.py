"""What is on file fills a form; whoever answers otherwise says why, and the old answer stays on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from forms import presenting, validators
from forms.definition import Definition
from forms.lookups import OnFile

if TYPE_CHECKING:
    from forms.answering import WholeForm
    from forms.definition import Field
    from forms.fields import AnswerField
    from forms.lookups import Surroundings

CORRECTIONS = "_corrections"
"""Under which key the reasons travel and are kept beside the answers: path → reason, or the whole record."""

REASON, FILLED = "_reason:", "_filled"
"""On a page: the reason beside a field, by its path; and the paths that stood filled in."""

LONGEST = 200

_OFFICE = "{label}与在册内容不同（在册：{was}），请写明更正原因。"
_HOME = "您改了{label}（原来登记的是：{was}），请写一句为什么改，如换了号码、搬了家。"


def with_reasons(answers: Mapping[str, Any], reasons: Mapping[str, str] | None) -> dict[str, Any]:
    """The answers with the reasons given beside them."""
    return {**answers, **({CORRECTIONS: dict(reasons)} if reasons else {})}


def known(definition: Definition, on_file: Mapping[str, OnFile]) -> dict[str, OnFile]:
    """What is on file by the key of the question it answers."""
    return {
        key: on_file[name]
        for key, name in definition.wants.items()
        if name in on_file and not _nothing(on_file[name].value)
    }


def standing(previous: Mapping[str, Any] | None, file: Mapping[str, OnFile]) -> dict[str, Any]:
    """What a mask may stand for: what is stored, else what is on file."""
    stored = {key: value for key, value in (previous or {}).items() if not _nothing(value)}
    return {key: one.value for key, one in file.items()} | stored


def note(form: WholeForm, file: Mapping[str, OnFile], data: object) -> None:
    """Tell each field what is on file of it, whether it was answered, and why it was changed."""
    form.reasons = _reasons(form, data)
    for field in form:
        field.on_file = None if field.spec.readonly else file.get(field.spec.key)
        field.given = _given(field.path, data)
        field.reason = form.reasons.get(field.path, "")


def _reasons(form: WholeForm, data: object) -> dict[str, str]:
    if isinstance(data, MultiDict):
        # A button may have emptied a name's list, so values are asked for one by one.
        said = {name.removeprefix(REASON): data.get(name, "") for name in data if name.startswith(REASON)}
    else:
        given = data.get(CORRECTIONS) if isinstance(data, Mapping) else None
        if given is not None and not isinstance(given, Mapping):
            form.strangers[CORRECTIONS] = "应为“字段: 更正原因”的对象。"
        said = dict(given) if isinstance(given, Mapping) else {}
    texts = {str(path): one.get("reason") if isinstance(one, Mapping) else one for path, one in said.items()}
    asked = (path for path in texts if path in form.definition.wants and isinstance(texts[path], str))
    cleaned = {path: validators.clean(validators.printable(str(texts[path]))) for path in asked}
    return {path: text for path, text in cleaned.items() if text}


def _given(path: str, data: object) -> bool:
    """Whether the question was put and answered, were it with nothing: what stood there was taken away."""
    if isinstance(data, MultiDict):
        return path in data.getlist(FILLED)
    return isinstance(data, Mapping) and path in data


def fill(form: WholeForm) -> None:
    """Put what is on file where nothing is answered yet and the form takes it."""
    for field in form:
        if field.on_file is None or field.hidden or field.reason or not (form.fresh or field.is_blank()):
            continue
        _take(form, field, field.on_file.value)
        field.filled = _fits(field)
        if not field.filled:
            # A choice this form does not offer is nothing the person could be shown as their answer.
            field.on_file = None
            _take(form, field, form.default(field.spec) if form.fresh else None)
    form.settle()


def _take(form: WholeForm, field: AnswerField, value: Any) -> None:
    form.defaults[field.spec.key] = value
    field.process(None, data=value)


def _fits(field: AnswerField) -> bool:
    inside = [child for row in getattr(field, "entries", ()) for child in row]
    if inside:
        return not any(child.process_errors or (not child.is_blank() and child.problem()) for child in inside)
    return not field.problem()


def changed(field: AnswerField) -> bool:
    """Whether the answer differs from what is on file."""
    if field.on_file is None or field.hidden or field.spec.readonly or field.process_errors:
        return False
    if field.is_blank():
        return field.given
    return not _same(field.spec, field.answer(), field.on_file.value, field.form.surroundings)


def left_open(field: AnswerField) -> bool:
    """Whether the question stayed open although something is on file, and nothing was taken away."""
    return field.on_file is not None and field.is_blank() and not field.given


def ask(form: WholeForm) -> None:
    """Demand a reason beside each answer that differs from what is on file, where it is otherwise right."""
    wrong = form.errors
    for field in form:
        if any(path == field.path or path.startswith(f"{field.path}.") for path in wrong):
            continue
        if changed(field):
            field.errors = _demand(field)


def _demand(field: AnswerField) -> tuple[str, ...]:
    if len(field.reason) > LONGEST:
        return (f"更正原因最多{LONGEST}个字，现有{len(field.reason)}个字，请精简。",)
    if field.reason:
        return ()
    said = _HOME if field.form.surroundings.at_home else _OFFICE
    return (said.format(label=field.spec.label, was=words(field)),)


def words(field: AnswerField) -> str:
    """What is on file, in words; numbers masked."""
    if field.on_file is None:
        return ""
    return presenting.brief(field.spec, field.on_file.value, field.form.surroundings.lookups)


def record(form: WholeForm) -> dict[str, Any]:
    """Each correction by path: the reason, what was on file, and where from."""
    return {field.path: _entry(field, field.on_file) for field in form if field.on_file and changed(field)}


def _entry(field: AnswerField, was: OnFile) -> dict[str, Any]:
    day = was.on.isoformat() if was.on else None
    return {"reason": field.reason, "was": was.value, "source": was.source, "on": day}


def _same(spec: Field, answer: Any, file: Any, surroundings: Surroundings) -> bool:
    if spec.rows:
        return _same_rows(spec, answer, file, surroundings)
    if isinstance(file, Mapping):
        if isinstance(answer, Mapping):
            return bool(answer.get("hash") == file.get("hash"))
        return surroundings.same(spec.kind, str(answer), file)
    if isinstance(file, list) and isinstance(answer, list):
        return set(map(str, file)) == set(map(str, answer))
    return bool(answer == file)


def _same_rows(spec: Field, answer: Any, file: Any, surroundings: Surroundings) -> bool:
    """As many rows, each saying the same as far as something is on file of it."""
    if not isinstance(file, list) or len(answer) != len(file):
        return False
    return all(
        _same(child, mine.get(child.key), theirs[child.key], surroundings)
        for mine, theirs in zip(answer, file, strict=True)
        for child in _told(spec, theirs)
    )


def _told(spec: Field, row: Any) -> Iterator[Field]:
    known_of = row if isinstance(row, Mapping) else {}
    yield from (child for child in spec.rows if not _nothing(known_of.get(child.key)))


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)
