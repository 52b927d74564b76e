// Conditions between words and FEEL: comparisons of a step's answers, joined by 都 or 有一个.
import { is } from 'bpmn-js/lib/util/ModelUtil.js';
import { isLabel } from 'bpmn-js/lib/util/LabelUtil.js';

const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*';
const PATH = `(${NAME})(?:\\.(${NAME}))?`;
const VALUE = '("[^"\\\\]*"|-?\\d+(?:\\.\\d+)?|true|false|null)';
const COMPARISON = new RegExp(`^${PATH}\\s*(=|!=|>=|<=|>|<)\\s*${VALUE}$`, 'u');
const CONTAINS = new RegExp(`^list contains\\(\\s*${PATH}\\s*,\\s*${VALUE}\\s*\\)$`, 'u');
const COUNTS = ['total', 'done', 'yes', 'no', 'abstain'];
const BOOLEAN = [{ value: 'true', label: '是' }, { value: 'false', label: '否' }];

/** What a condition may be about: each step with the fields of its form, decisions, operations, parameters. */
export function subjects(modeler, edits, vocabulary) {
  const found = modeler.get('elementRegistry').filter((one) => !isLabel(one))
    .map((shape) => subject(shape, edits, vocabulary)).filter(Boolean);
  const parameters = vocabulary.parameters.filter(({ type }) => type !== 'list')
    .map(({ name, label, type, options }) => field(name, label, type, type === 'boolean' ? BOOLEAN : options.map((value) => ({ value, label: value }))));
  return parameters.length ? [...found, { id: 'param', name: '参数', fields: parameters }] : found;
}

function field(key, label, type = '', options = []) {
  return { key, label, type, options };
}

function subject(shape, edits, vocabulary) {
  const owner = shape.businessObject;
  const name = owner.name || owner.id;
  if (is(shape, 'bpmn:UserTask')) {
    if (owner.loopCharacteristics) return { id: owner.id, name, fields: COUNTS.map((key, at) => field(key, ['总数', '已办', '同意', '不同意', '弃权'][at], 'number')) };
    const held = edits.extension(owner, 'zeebe:FormDefinition');
    const form = vocabulary.forms[held?.formId ?? held?.formKey];
    return form && { id: owner.id, name, fields: form.fields.map((one) => (one.type === 'checkbox' ? { ...one, type: 'boolean', options: BOOLEAN } : one)) };
  }
  if (is(shape, 'bpmn:BusinessRuleTask')) {
    const held = edits.extension(owner, 'zeebe:CalledDecision');
    const decision = vocabulary.decisions.find(({ id }) => id === held?.decisionId);
    return decision && { id: held.resultVariable ?? owner.id, name, fields: decision.outputs.map(({ key, label, options }) => field(key, label, '', options.map((value) => ({ value, label: value })))) };
  }
  const operation = vocabulary.operations.find(({ id }) => id === edits.extension(owner, 'zeebe:TaskDefinition')?.type);
  return operation && { id: owner.id, name, fields: operation.gives.map((key) => field(key, key)) };
}

/** The rows of a condition; null where it is more than comparisons of known fields. */
export function read(feel, known) {
  if (!feel.startsWith('=')) return null;
  const [ands, ors] = [split(feel.slice(1), ' and '), split(feel.slice(1), ' or ')];
  if (ands.length > 1 && ors.length > 1) return null;
  const joined = ors.length > 1 ? 'or' : 'and';
  const rows = (joined === 'or' ? ors : ands).map((part) => row(part.trim()));
  const sure = rows.every((one) => one && known.find(({ id }) => id === one.step)?.fields.some(({ key }) => key === one.field));
  return sure ? { joined, rows } : null;
}

/** Splits outside of quotation marks. */
function split(text, word) {
  const parts = [''];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"' && text[at - 1] !== '\\') quoted = !quoted;
    if (!quoted && text.startsWith(word, at)) {
      parts.push('');
      at += word.length - 1;
    } else parts[parts.length - 1] += text[at];
  }
  return parts;
}

function row(text) {
  const contains = CONTAINS.exec(text);
  if (contains) return { step: contains[1], field: contains[2] ?? '', operator: 'contains', value: plain(contains[3]) };
  const found = COMPARISON.exec(text);
  if (!found) return null;
  const [, step, name = '', operator, value] = found;
  if (value === 'null') return operator === '=' || operator === '!=' ? { step, field: name, operator: operator === '=' ? 'empty' : 'filled', value: '' } : null;
  return { step, field: name, operator, value: plain(value) };
}

function plain(value) {
  return value.startsWith('"') ? value.slice(1, -1) : value;
}

/** The condition as FEEL; empty without rows. */
export function written(rows, joined, known) {
  if (!rows.length) return '';
  return `=${rows.map((one) => comparison(one, known)).join(` ${joined} `)}`;
}

function comparison({ step, field: name, operator, value }, known) {
  const path = name ? `${step}.${name}` : step;
  const asked = known.find(({ id }) => id === step)?.fields.find(({ key }) => key === name);
  if (operator === 'empty') return `${path} = null`;
  if (operator === 'filled') return `${path} != null`;
  const literal = quoted(value, asked?.type, operator);
  return operator === 'contains' ? `list contains(${path}, ${literal})` : `${path} ${operator} ${literal}`;
}

function quoted(value, type, operator) {
  const number = /^-?\d+(\.\d+)?$/.test(value);
  if (type === 'boolean') return value === 'true' ? 'true' : 'false';
  const counts = ['number', 'int', 'integer', 'money', 'days'].includes(type) || ['>', '>=', '<', '<='].includes(operator);
  return number && counts ? value : JSON.stringify(value);
}
