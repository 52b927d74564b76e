"""Definition → WTForms class, kept by digest; class and answers → a form that can judge them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

from forms import correcting
from forms.answering import AnswerForm, WholeForm
from forms.choices import CheckboxField, ChecklistField, ChoiceField, DivisionField, PersonField
from forms.definition import Definition, Field
from forms.fields import AnswerField, CodeField, MomentField, NumberField, TextField
from forms.files import FilesField
from forms.lookups import Evaluate, Lookups, NoLookups, OnFile, Surroundings
from forms.rows import RowForm, RowsField

_BY_KIND: dict[str, type[AnswerField]] = {
    "money": NumberField,
    "identity": CodeField,
    "phone": CodeField,
    "credit_code": CodeField,
    "bank_account": CodeField,
    "division": DivisionField,
    "person": PersonField,
}
_BY_TYPE: dict[str, type[AnswerField]] = {
    "text": TextField,
    "textarea": TextField,
    "number": NumberField,
    "date": MomentField,
    "time": MomentField,
    "datetime": MomentField,
    "radio": ChoiceField,
    "select": ChoiceField,
    "checkbox": CheckboxField,
    "checklist": ChecklistField,
    "files": FilesField,
}


def build(
    definition: Definition,
    data: MultiDict[str, str] | Mapping[str, Any] | object,
    *,
    evaluate: Evaluate,
    scope: Mapping[str, object],
    lookups: Lookups | None = None,
    previous: Mapping[str, Any] | None = None,
    on_file: Mapping[str, OnFile] | None = None,
) -> WholeForm:
    """A form with these answers in it: a page's post, JSON answers, or None for a new one with its defaults.

    `previous` is what is stored: a masked number sent back unchanged keeps the sealed value from there.
    `on_file` is what need not be asked twice, by its name there: a new form has it filled in, others by their
    `fill`; its source is said beside it, and an answer that differs from it needs a reason.
    """
    surroundings = Surroundings(evaluate, scope, lookups or NoLookups())
    known = correcting.known(definition, on_file or {})
    form = form_class(definition)(surroundings, previous=correcting.standing(previous, known))
    if data is None:
        form.take_nothing()
    elif isinstance(data, MultiDict):
        form.take_posted(data)
    elif isinstance(data, Mapping):
        form.take_json(data)
    else:
        form.take_json({})
        form.strangers[""] = "答案应为一个对象。"
    form.settle()
    correcting.note(form, known, data)
    if data is None:
        form.fill()
    return form


@lru_cache(maxsize=256)
def form_class(definition: Definition) -> type[WholeForm]:
    """The WTForms class that asks what the definition asks."""
    return type("Asked", (WholeForm,), {"definition": definition, **_level(definition.fields)})


def _level(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "specs": fields,
        "bound": tuple((field.key, _unbound(field)) for field in fields),
        "conditional": tuple(
            field for field in fields if field.hides or field.required_if or field.exemption
        ),
    }


def _unbound(spec: Field) -> Any:
    if spec.type == "rows":
        return UnboundField(RowsField, spec, type("AskedPerRow", (RowForm,), _level(spec.rows)))
    return UnboundField(_BY_KIND.get(spec.kind) or _BY_TYPE[spec.type], spec)


__all__ = ["AnswerForm", "WholeForm", "build", "form_class"]
