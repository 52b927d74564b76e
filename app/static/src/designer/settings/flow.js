// When a way is taken: in the words of the forms (step, field, comparison, value), written as FEEL beneath.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { button, choice, make, note, section, text } from '../fields.js';
import { read, subjects, written } from '../conditions.js';

const OPERATORS = [['=', '是'], ['!=', '不是'], ['>', '大于'], ['>=', '大于等于'], ['<', '小于'], ['<=', '小于等于'], ['contains', '包含'], ['empty', '没有填'], ['filled', '已填']];

export function flow(context) {
  const { edits, element, owner, redraw } = context;
  if (!is(element, 'bpmn:SequenceFlow')) return null;
  const gateway = owner.sourceRef;
  if (!isAny(gateway, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])) {
    return section('条件', note('从网关引出的连线才有条件。'), owner.conditionExpression ? button('删去条件', () => {
      edits.modeling.updateProperties(element, { conditionExpression: undefined });
      redraw();
    }) : null);
  }
  const source = element.source;
  if (gateway.default === owner) {
    return section('条件', note('这是默认路径：其他各路的条件都不成立时走这里。'), button('不作默认路径', () => {
      edits.modeling.updateProperties(source, { default: undefined });
      redraw();
    }));
  }
  return section('条件', ...picker(context), button('设为默认路径', () => {
    edits.together(
      () => edits.modeling.updateProperties(element, { conditionExpression: undefined }),
      () => edits.modeling.updateProperties(source, { default: owner }),
    );
    redraw();
  }));
}

function picker({ modeler, edits, element, owner, vocabulary, redraw }) {
  const current = owner.conditionExpression?.body?.trim() ?? '';
  const known = subjects(modeler, edits, vocabulary);
  const parsed = read(current, known);
  const write = (feel) => edits.modeling.updateProperties(element,
    { conditionExpression: feel ? edits.make('bpmn:FormalExpression', { body: feel }, owner) : undefined });
  const raw = text('表达式（FEEL）', current, (value) => {
    if (value && !value.startsWith('=')) return '条件须以“=”开头。';
    write(value);
    redraw();
    return '';
  }, { rows: 2, key: 'condition' });
  if (current && !parsed) return [note('这个条件较复杂，请直接改表达式。'), raw];
  const { joined = 'and', rows = [] } = parsed ?? {};
  const settle = (next, how = joined) => {
    write(written(next, how, known));
    redraw();
  };
  const parts = rows.map((row, at) => line({ row, at, known, change: (value) => settle(rows.map((one, index) => (index === at ? value : one))), drop: () => settle(rows.filter((_, index) => index !== at)) }));
  if (rows.length > 1) parts.unshift(choice('几个条件', joined, [['and', '都成立才走这里'], ['or', '有一个成立就走这里']], (how) => settle(rows, how), { key: 'joined' }));
  const first = known.find(({ fields }) => fields.length);
  if (first) {
    const [field] = first.fields;
    parts.push(button(rows.length ? '再加一个条件' : '加条件', () => settle([...rows, { step: first.id, field: field.key, operator: '=', value: field.options[0]?.value ?? '' }])));
  }
  return [...parts, raw];
}

function line({ row, at, known, change, drop }) {
  const step = known.find(({ id }) => id === row.step);
  const field = step?.fields.find(({ key }) => key === row.field);
  const box = make('fieldset', 'designer-condition');
  box.append(make('legend', '', `条件 ${at + 1}`),
    choice('哪个环节', row.step, known.filter(({ fields }) => fields.length).map(({ id, name }) => [id, name]), (id) => {
      const [first] = known.find((one) => one.id === id).fields;
      change({ step: id, field: first.key, operator: '=', value: first.options[0]?.value ?? '' });
    }, { key: `condition-step-${at}` }),
    choice('哪一项', row.field, (step?.fields ?? []).map(({ key, label }) => [key, label]), (key) => {
      const next = step.fields.find((one) => one.key === key);
      change({ ...row, field: key, value: next.options[0]?.value ?? '' });
    }, { key: `condition-field-${at}` }),
    choice('怎样', row.operator, OPERATORS, (operator) => change({ ...row, operator }), { key: `condition-operator-${at}` }));
  if (!['empty', 'filled'].includes(row.operator)) {
    const put = (value) => change({ ...row, value });
    box.append(field?.options.length
      ? choice('什么', row.value, field.options.map(({ value, label }) => [value, label]), put, { key: `condition-value-${at}` })
      : text('什么', row.value, (value) => void put(value), { key: `condition-value-${at}`, hint: field?.type === 'number' ? '填数字。' : '' }));
  }
  box.append(button('删去这个条件', drop));
  return box;
}
