from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from workflows.decisions import Model, read

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def document(body: str, *, namespace: str = NAMESPACE, own: str = "urn:test") -> bytes:
    return (
        f'<definitions xmlns="{namespace}" id="d" name="试" namespace="{own}">{body}</definitions>'.encode()
    )


def text(tag: str, content: str, attributes: str = "") -> str:
    return f"<{tag} {attributes}><text>{escape(content)}</text></{tag}>"


def table(policy: str, inputs: list[str], outputs: list[str], rules: list[str], attributes: str = "") -> str:
    """A table: inputs `name:type`, outputs `name|values|default`, rules `cell ; cell => result # note`."""
    parts = [f'<decisionTable id="t" hitPolicy="{policy}" {attributes}>']
    for column in inputs:
        name, _, kind = column.partition(":")
        parts.append(
            f'<input id="in_{name}" label="{name}">' + text("inputExpression", name, f'typeRef="{kind}"')
        )
        parts.append("</input>")
    for column in outputs:
        name, values, default = [*column.split("|"), "", ""][:3]
        parts.append(f'<output id="out_{name}" name="{name}">')
        parts.append(text("outputValues", values) if values else "")
        parts.append(text("defaultOutputEntry", default) if default else "")
        parts.append("</output>")
    parts.append('<annotation name="依据"/>')
    for number, rule in enumerate(rules, 1):
        cells, _, note = rule.partition("#")
        tests, _, results = cells.partition("=>")
        parts.append(f'<rule id="r{number}">')
        parts += [text("inputEntry", cell.strip()) for cell in tests.split(";")]
        parts += [text("outputEntry", cell.strip()) for cell in results.split(";")]
        parts.append(text("annotationEntry", note.strip()) if note else "")
        parts.append("</rule>")
    return "".join([*parts, "</decisionTable>"])


def decision(name: str, logic: str, *needs: str, kind: str = "") -> str:
    """A decision; a need is `#id` of an input, `!id` of a decision or `?id` of knowledge."""
    tags = {"#": ("information", "Input"), "!": ("information", "Decision"), "?": ("knowledge", "Knowledge")}
    wants = "".join(
        f'<{tag}Requirement id="q{i}"><required{what} href="#{need[1:]}"/></{tag}Requirement>'
        for i, need in enumerate(needs)
        for tag, what in [tags[need[0]]]
    )
    variable = f'<variable name="{name}" typeRef="{kind}"/>' if kind else ""
    return f'<decision id="d_{name}" name="{name}">{variable}{wants}{logic}</decision>'


def given(*names: str) -> str:
    """Input data, each `name:type`."""
    made = []
    for column in names:
        name, _, kind = column.partition(":")
        variable = f'<variable name="{name}" typeRef="{kind}"/>' if kind else f'<variable name="{name}"/>'
        made.append(f'<inputData id="i_{name}" name="{name}">{variable}</inputData>')
    return "".join(made)


@pytest.fixture
def model_of() -> Callable[..., Model]:
    """A model with one table as its only decision 结果."""

    def make(
        policy: str, inputs: list[str], outputs: list[str], rules: list[str], attributes: str = ""
    ) -> Model:
        names = [column.partition(":")[0] for column in inputs]
        logic = table(policy, inputs, outputs, rules, attributes)
        body = given(*inputs) + decision("结果", logic, *(f"#i_{name}" for name in names))
        return read(document(body))

    return make


class Dmn:
    """The small pieces of which tests build DMN files."""

    document = staticmethod(document)
    text = staticmethod(text)
    table = staticmethod(table)
    decision = staticmethod(decision)
    given = staticmethod(given)


@pytest.fixture
def dmn() -> type[Dmn]:
    return Dmn
