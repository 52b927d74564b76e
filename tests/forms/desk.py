"""A clerk's desk for tests of forms: real FEEL, a fixed day, a few places, people and files."""

import json
from datetime import datetime

from werkzeug.datastructures import MultiDict

import forms
from workflows import feel
from workflows.clock import LOCAL

MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=LOCAL)
PLACES = {
    "150602000000": ("东胜区", ""),
    "150602102000": ("罕台镇", "东胜区"),
    "150602102205": ("折家梁村", "罕台镇"),
    "150623000000": ("鄂托克前旗", ""),
}
FILES = {
    1: forms.AttachmentInfo("image/jpeg", 217_000, "门前.jpg"),
    2: forms.AttachmentInfo("application/pdf", 40_000, "申请书.pdf"),
    3: forms.AttachmentInfo("image/png", 30 * 1024 * 1024, "很大.png"),
}


def evaluate(text, scope):
    return feel.evaluate(text, scope, at=MOMENT)


class Desk:
    """Answers what a form asks of its host."""

    def division_name(self, code):
        return PLACES[code][0] if code in PLACES else None

    def person_name(self, person_id):
        return {7: "乌兰"}.get(person_id)

    def attachment(self, attachment_id):
        return FILES.get(attachment_id)

    def divisions(self, within, level):
        return [
            forms.Option(code, name, group)
            for code, (name, group) in PLACES.items()
            if code.startswith(within.rstrip("0"))
        ]

    def people(self, which):
        return [forms.Option("7", "乌兰")]


def text(kind="textfield", key="name", **more):
    return {"type": kind, "key": key, "label": more.pop("label", key), **more}


CHOICES = [{"value": "甲", "label": "甲类"}, {"value": "乙", "label": "乙类"}]
MONEY = text("number", "money", label="金额", properties={"kind": "money"}, appearance={"suffixer": "元"})


def asking(*components, **top):
    """The definition that asks for these components."""
    source = {"type": "default", "schemaVersion": 17, "components": list(components), **top}
    return forms.parse(json.dumps(source, ensure_ascii=False))


def fill(definition, data, scope=None, **more):
    return forms.build(definition, data, evaluate=evaluate, scope=scope or {}, lookups=Desk(), **more)


def judged(definition, data, **more):
    """The form after it was judged."""
    form = fill(definition, data, **more)
    form.validate()
    return form


def posted(**typed):
    """What a page sends."""
    return MultiDict(typed)


def wrong_when_typed(component, typed, **more):
    """What is wrong with one answer typed on a page."""
    return judged(asking(component), posted(**{component["key"]: typed}), **more).errors.get(
        component["key"], ""
    )


def wrong_when_told(component, value):
    """What is wrong with one answer given by another program."""
    return judged(asking(component), {component["key"]: value}).errors.get(component["key"], "")


def seal(kind, plain):
    return {"sealed": f"locked:{plain}", "mask": f"{plain[:2]}****{plain[-2:]}", "hash": f"#{plain}"}
