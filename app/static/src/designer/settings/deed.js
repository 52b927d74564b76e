// What the system does at an element: an operation, a decision, or another procedure that is called.
import { is } from 'bpmn-js/lib/util/ModelUtil.js';
import { button, choice, make, note, section, text } from '../fields.js';

export function deed(context) {
  const { edits, element } = context;
  if (is(element, 'bpmn:CallActivity')) return call(context);
  if (is(element, 'bpmn:BusinessRuleTask')) return decision(context);
  const sends = is(element, 'bpmn:IntermediateThrowEvent') && edits.definition(element, 'bpmn:MessageEventDefinition');
  return is(element, 'bpmn:ServiceTask') || is(element, 'bpmn:SendTask') || sends ? operation(context) : null;
}

function operation(context) {
  const { edits, element, owner, vocabulary, redraw } = context;
  const current = edits.extension(owner, 'zeebe:TaskDefinition')?.type ?? '';
  const known = vocabulary.operations.find(({ id }) => id === current);
  return section('系统办理',
    choice('做什么', current, [['', '（未选）'], ...vocabulary.operations.map(({ id, name }) => [id, `${name}（${id}）`])], (type) => {
      edits.extend(element, 'zeebe:TaskDefinition', type ? { type } : null);
      redraw();
    }, { key: 'operation' }),
    known && known.gives.length ? note(`办完后可在条件里用 ${owner.id}. 加：${known.gives.join('、')}`) : null,
    ...inputs(context, known), ...outputs(context));
}

function decision(context) {
  const { edits, element, owner, vocabulary, redraw } = context;
  const held = edits.extension(owner, 'zeebe:CalledDecision');
  const write = (values) => {
    const next = { decisionId: held?.decisionId, resultVariable: held?.resultVariable ?? (owner.id || 'result'), ...values };
    edits.extend(element, 'zeebe:CalledDecision', next.decisionId ? next : null);
    redraw();
  };
  const known = vocabulary.decisions.find(({ id }) => id === held?.decisionId);
  return section('规则判定',
    choice('用哪个决策', held?.decisionId ?? '', [['', '（未选）'], ...vocabulary.decisions.map(({ id, name }) => [id, `${name}（${id}）`])],
      (decisionId) => write({ decisionId }), { key: 'decision', hint: vocabulary.decisions.length ? '' : '本修订的决策表里还没有决策。' }),
    held ? text('结果记在', held.resultVariable, (resultVariable) => void write({ resultVariable }), { key: 'result', hint: '条件里用这个名称读判定结果。' }) : null,
    known && known.inputs.length ? note(`这个决策要用：${known.inputs.join('、')}`) : null,
    ...inputs(context, known && { needs: [], takes: known.inputs.map((name) => ({ name, label: name })) }), ...outputs(context));
}

function call(context) {
  const { edits, element, owner, vocabulary, redraw } = context;
  const current = edits.extension(owner, 'zeebe:CalledElement')?.processId ?? owner.calledElement ?? '';
  const named = vocabulary.procedures.find(({ process }) => process === current);
  const missing = named && !vocabulary.calls.includes(named.key);
  return section('调用另一事项',
    choice('哪个事项', current, [['', '（未选）'], ...vocabulary.procedures.map(({ process, name }) => [process, name])], (processId) => {
      edits.extend(element, 'zeebe:CalledElement', processId ? { processId } : null);
      redraw();
    }, { key: 'called' }),
    ...(missing ? [note('事项说明里还没有写明要调用它，写上才能发布。'), button('写进事项说明', () => name(context, named.key))] : []),
    ...inputs(context), ...outputs(context));
}

/** Adds a procedure to those the description says are called. */
async function name({ saving, vocabulary, redraw }, key) {
  const text_ = await saving.text('procedure.toml');
  const calls = [...vocabulary.calls, key];
  const line = `calls = [${calls.map((each) => JSON.stringify(each)).join(', ')}]`;
  const held = /^calls\s*=\s*\[[^\]]*\]/m;
  // Without one it goes above the first table, where keys are the procedure's own.
  saving.change('procedure.toml', held.test(text_) ? text_.replace(held, line) : text_.replace(/^(?=\[)|$(?![\s\S])/m, `${line}\n\n`));
  vocabulary.calls = calls;
  redraw();
}

/** One field for each input that is known, asked for or written down. */
function inputs({ edits, element, vocabulary, redraw }, known) {
  const offered = {
    register: vocabulary.registers.map(({ key, name: words }) => [key, words]),
    procedure: vocabulary.procedures.map(({ key, name: words }) => [key, words]),
    role: vocabulary.roles.map(({ id, name: words }) => [id, words]),
    level: Object.entries(vocabulary.levels),
  };
  Object.assign(offered, { to_register: offered.register, issuer: offered.role });
  const lines = edits.lines(element, 'inputParameters');
  const [needs, takes] = [known?.needs ?? [], known?.takes ?? []];
  const labels = new Map([...needs, ...takes].map(({ name, label }) => [name, label]));
  const named = [...new Set([...needs.map(({ name }) => name), ...lines.map(({ target }) => target)])];
  const required = new Set(needs.map(({ name }) => name));
  const write = (target, source) => {
    const rest = edits.lines(element, 'inputParameters');
    const next = rest.some((line) => line.target === target)
      ? rest.map((line) => (line.target === target ? { target, source } : line)) : [...rest, { target, source }];
    edits.setLines(element, 'inputParameters', next.filter((line) => line.source));
  };
  const fields = named.map((name) => {
    const label = `${labels.get(name) ?? name}${required.has(name) ? '（必填）' : ''}`;
    const value = lines.find(({ target }) => target === name)?.source ?? '';
    const options = known?.id && !value.startsWith('=') && offered[name];
    if (options) return choice(label, value, [['', '（未选）'], ...options], (source) => write(name, source), { key: `input-${name}` });
    return text(label, value, (source) => void write(name, source), { key: `input-${name}`, rows: value.length > 40 ? 3 : 0, placeholder: '="文字" 或表达式' });
  });
  const more = takes.filter(({ name }) => !named.includes(name)).map(({ name, label }) => [name, label]);
  const heading = fields.length || more.length ? make('h3', '', '给它的内容') : null;
  return [heading, ...fields, more.length ? choice('再加一项', '', [['', '（选一项）'], ...more], (name) => {
    write(name, offered[name] ? offered[name][0][0] : '=null');
    redraw();
  }, { key: 'input-more' }) : null];
}

function outputs({ edits, element, redraw }) {
  const lines = edits.lines(element, 'outputParameters');
  const write = (at, change) => edits.setLines(element, 'outputParameters', lines.map((line, index) => (index === at ? Object.assign(line, change) : line)));
  const fields = lines.flatMap((line, at) => [
    text(`另存为（第 ${at + 1} 项）`, line.target, (target) => void write(at, { target }), { key: `output-name-${at}` }),
    text('取值', line.source, (source) => void write(at, { source }), { key: `output-${at}`, rows: line.source.length > 40 ? 3 : 0 }),
  ]);
  const add = button('另存一个结果', () => {
    edits.setLines(element, 'outputParameters', [...lines, { source: '=null', target: `result_${lines.length + 1}` }]);
    redraw();
  });
  return [...(lines.length ? [make('h3', '', '另存的结果')] : []), ...fields, add];
}
