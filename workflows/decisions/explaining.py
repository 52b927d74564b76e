"""Why a table gave what it gave, in sentences an official can read and pass on to the household."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workflows.decisions.words import is_too_little, tests_in_words, value_in_words
from workflows.feel.nodes import UnaryTests
from workflows.feel.problems import FeelProblem

if TYPE_CHECKING:
    from workflows.decisions.hits import Hit
    from workflows.decisions.tables import Cell, Input, Rule, Table
    from workflows.feel.environment import Env
    from workflows.feel.values import Value

BASIS: Final = "依据"
"""The annotation column that cites the clause a rule rests on: `file｜exact quotation`."""

SAYS: Final = "说明"
"""The annotation column whose words are said as they are."""

_MOST_COMPARED: Final = 100  # rules looked at for what was missing
_SINGLE: Final = frozenset(("UNIQUE", "ANY", "FIRST"))
_NEGATIVE: Final = tuple("不未非无否阻拒退驳禁暂拦")
_YES_OR_NO: Final = 2  # values; of more, another than the first may be just another kind


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of an explanation, with the rule it speaks of (or none) and the clause that rule cites."""

    table: str
    rule: str
    sentence: str
    basis: str  # `file｜quotation`, or the author's own words

    @property
    def whole(self) -> str:
        """The sentence with the words of its clause."""
        _file, bar, quotation = self.basis.partition("｜")
        words = f"“{quotation}”" if bar else self.basis.removesuffix("。")
        return f"{self.sentence}依据：{words}。" if words else self.sentence

    def as_json(self) -> dict[str, str]:
        """As a case keeps it."""
        return {"table": self.table, "rule": self.rule, "sentence": self.sentence, "basis": self.basis}


def explain(reasons: Iterable[Reason], problems: Iterable[FeelProblem]) -> tuple[str, ...]:
    """The sentences of the reasons, then one for each problem."""
    sentences = [reason.whole for reason in reasons]
    sentences += [_problem(problem) for problem in problems]
    return tuple(dict.fromkeys(sentences))


def _problem(problem: FeelProblem) -> str:
    at = f"{problem.element}：" if problem.element else ""
    place = f"第{problem.line}行第{problem.column}列，" if (problem.line, problem.column) != (1, 1) else ""
    return f"{at}{place}{problem.sentence}。"


def fired(table: Table, env: Env, hit: Hit, values: list[Value]) -> Reason:
    """Why a rule fired: what it gives, each condition in words, its own words and its clause."""
    rule = hit.rule
    cells = zip(table.inputs, values, rule.tests, strict=True)
    conditions = [_met(env, *each) for each in cells if not _asks_nothing(each[2])]
    sentence = f"{table.owner}：{_result(table, hit.value)}"
    sentence += f"（第{rule.number}条规则：{'，'.join(conditions) or '没有条件'}）"
    said = [text.removesuffix("。") for name, text in rule.annotations if name != BASIS]
    return Reason(table.owner, rule.id, "。".join([sentence, *said]) + "。", basis_of(table, rule))


def basis_of(table: Table, rule: Rule) -> str:
    """The clause a rule cites, else the one its whole decision cites."""
    return next((text for name, text in rule.annotations if name == BASIS), "") or table.basis


def _asks_nothing(cell: Cell) -> bool:
    return cell.text in ("-", "")


def _met(env: Env, column: Input, value: Value, cell: Cell) -> str:
    said = value_in_words(value, column.unit)
    demanded = _demanded(env, column, cell)
    same = demanded in (f"为{said}", f"等于{said}")
    return f"{column.label}为{said}" if same else f"{column.label}为{said}，{demanded}"


def _demanded(env: Env, column: Input, cell: Cell) -> str:
    if not isinstance(cell.tests, UnaryTests):
        return f"满足“{cell.text}”"
    return tests_in_words(cell.tests, cell.text, env, column.unit)


def _result(table: Table, value: Value) -> str:
    if type(value) is dict and len(table.outputs) > 1:
        given = ((output, value.get(output.name)) for output in table.outputs)
        return "，".join(
            f"{output.label or output.name}为{_bare(part, output.unit)}" for output, part in given
        )
    only = table.outputs[0]
    return f"{only.label or '结果'}为{_bare(value, only.unit)}"


def _bare(value: Value, unit: str) -> str:
    return value if type(value) is str else value_in_words(value, unit)


# -- what was missing --------------------------------------------------------------------------------


def missed(table: Table, env: Env, values: list[Value], kept: list[Hit], result: Value) -> Reason | None:
    """Why the affirmative result was not given; None where it was given or nothing can be called so."""
    wanted = _affirmative(table)
    if kept and (wanted is None or table.policy not in _SINGLE or not _is_a_no(table, result, wanted)):
        return None
    rules = [
        rule for rule in table.rules[:_MOST_COMPARED] if wanted is None or _gives(table, rule, env, wanted)
    ]
    unmet = [(rule, _unmet(env, rule, values)) for rule in rules]
    nearest = min((each for each in unmet if each[1]), key=lambda each: len(each[1]), default=None)
    if nearest is not None and any(not failing for _, failing in unmet):
        return None  # a rule for it was met and another came first: that rule's own sentence says why
    if nearest is None:
        return None if kept else _no_rule(table, values)
    rule, failing = nearest
    what = f"不符合“{wanted}”" if type(wanted) is str else "不符合" if kept else "没有规则符合"
    lacking = "；".join(_lacking(env, table.inputs[p], values[p], rule.tests[p]) for p in failing)
    return Reason(
        table.owner, "", f"{table.owner}：{what}：{lacking}（第{rule.number}条规则）。", basis_of(table, rule)
    )


def _no_rule(table: Table, values: list[Value]) -> Reason:
    shown = "，".join(
        f"{c.label}为{value_in_words(value, c.unit)}" for c, value in zip(table.inputs, values, strict=True)
    )
    return Reason(table.owner, "", f"{table.owner}：没有规则符合" + (f"（{shown}）。" if shown else "。"), "")


def _affirmative(table: Table) -> Value:
    """The result that says yes: true, or the first of the values an output declares, unless it says no."""
    output = table.outputs[table.main] if table.outputs else None
    if output is None:
        return None
    if output.type.name == "boolean":
        return True
    if output.values and type(output.values[0]) is str and not output.values[0].startswith(_NEGATIVE):
        return output.values[0]
    return None


def _is_a_no(table: Table, result: Value, wanted: Value) -> bool:
    """Whether a result refuses what the affirmative one grants."""
    came = _main(table, result)
    if came == wanted:
        return False
    says_no = type(came) is str and came.startswith(_NEGATIVE)
    return says_no or len(table.outputs[table.main].values) <= _YES_OR_NO


def _main(table: Table, result: Value) -> Value:
    if type(result) is dict and len(table.outputs) > 1:
        return result.get(table.outputs[table.main].name)
    return result


def _gives(table: Table, rule: Rule, env: Env, wanted: Value) -> bool:
    return bool(rule.results[table.main].ask(env) == wanted)


def _unmet(env: Env, rule: Rule, values: list[Value]) -> list[int]:
    """The columns in which a rule is not met."""
    return [
        place
        for place, (value, cell) in enumerate(zip(values, rule.tests, strict=True))
        if not _asks_nothing(cell) and cell.ask(env.within({"?": value})) is not True
    ]


def _lacking(env: Env, column: Input, value: Value, cell: Cell) -> str:
    """One unmet condition: the value there is, and what the rule demands."""
    demanded = _demanded(env, column, cell)
    only = isinstance(cell.tests, UnaryTests) and is_too_little(cell.tests, value)
    said = ("仅" if only else "为") + value_in_words(value, column.unit)
    return f"{column.label}{said}，规定{'' if demanded.startswith(_VERBS) else '为'}{demanded}"


_VERBS: Final = ("为", "不", "在", "属", "等", "低", "超", "满")


def traced(trace: Iterable[Any]) -> tuple[Reason, ...]:
    """The reasons in a trace, each sentence once."""
    found = (entry for entry in trace if isinstance(entry, Reason))
    return tuple({reason.sentence: reason for reason in found}.values())
