// What an event waits for or tells: a time, a message, an error.
import { is } from 'bpmn-js/lib/util/ModelUtil.js';
import { choice, section, text, tick } from '../fields.js';
import { called } from '../edits.js';
import { limit } from './task.js';

const KINDS = { timeDate: '到某个时刻', timeDuration: '过一段时间', timeCycle: '按周期' };
const CYCLES = [
  ['0 0 0 1 * *', '每月 1 日'], ['0 0 0 1 1,4,7,10 *', '每季度第一天'], ['0 0 0 1 1,7 *', '每半年第一天'],
  ['0 0 0 1 12 *', '每年 12 月 1 日'], ['0 0 0 1 1 *', '每年 1 月 1 日'],
];

export function waiting(context) {
  const { edits, element, owner } = context;
  const timer = edits.definition(element, 'bpmn:TimerEventDefinition');
  const message = edits.definition(element, 'bpmn:MessageEventDefinition') ?? (is(element, 'bpmn:ReceiveTask') ? owner : null);
  const error = edits.definition(element, 'bpmn:ErrorEventDefinition');
  return [timer && timed(context, timer), message && heard(context, message), error && failed(context, error)];
}

function timed({ edits, element, owner, vocabulary, redraw }, timer) {
  const kind = Object.keys(KINDS).find((name) => timer[name]) ?? (is(element, 'bpmn:StartEvent') ? 'timeCycle' : 'timeDate');
  const current = timer[kind]?.body ?? '';
  const write = (value, name = kind) => {
    const made = value ? edits.make('bpmn:FormalExpression', { body: value }, timer) : undefined;
    edits.write(element, timer, { timeDate: undefined, timeDuration: undefined, timeCycle: undefined, [name]: made });
  };
  const cycles = is(element, 'bpmn:StartEvent') || (is(element, 'bpmn:BoundaryEvent') && owner.cancelActivity === false);
  const offered = Object.entries(KINDS).filter(([name]) => name === kind || (name === 'timeCycle' ? cycles : !is(element, 'bpmn:StartEvent')));
  const parts = [choice('等到', kind, offered, (name) => {
    write({ timeDate: '=workdays(5)', timeDuration: 'P5D', timeCycle: CYCLES[0][0] }[name], name);
    redraw();
  }, { key: 'timer-kind' })];
  if (kind === 'timeDate') parts.push(...dated({ current, write, vocabulary, redraw }));
  else if (kind === 'timeCycle') {
    parts.push(choice('周期', CYCLES.some(([code]) => code === current) ? current : 'other', [...CYCLES, ['other', '其他']], (value) => {
      if (value !== 'other') write(value);
      redraw();
    }, { key: 'cycle' }), text('周期表达式', current, (value) => void write(value), { key: 'cycle-text', hint: '秒 分 时 日 月 周，或以“=”开头的表达式。' }));
  } else parts.push(text('时长', current, (value) => void write(value), { key: 'duration', hint: 'P5D 是 5 天，PT2H 是 2 小时；或以“=”开头的表达式。' }));
  if (is(element, 'bpmn:BoundaryEvent')) {
    parts.push(tick('到时中断所在环节', owner.cancelActivity !== false, (value) => edits.modeling.updateProperties(element, { cancelActivity: value }), { key: 'interrupts' }));
  }
  return section('等待时间', ...parts);
}

function dated({ current, write, vocabulary, redraw }) {
  const notice = current.replace(/\s+/g, ' ') === '=end of notice';
  const parts = limit({ current: notice ? '' : current, write, vocabulary, redraw, none: notice ? '公示期满' : '（未定）' });
  if (!notice) {
    parts.push(tick('等到公示期满', false, () => {
      write('=end of notice');
      redraw();
    }, { key: 'notice' }));
  }
  return parts;
}

function heard({ edits, element, vocabulary }, holder) {
  const current = holder.messageRef ? called(holder.messageRef) : '';
  return section('消息', choice(is(element, 'bpmn:IntermediateThrowEvent') ? '发出' : '等待', current,
    [['', '（未选）'], ...Object.entries(vocabulary.messages).map(([name, words]) => [name, `${words}（${name}）`])],
    (name) => edits.refer(element, holder, 'messageRef', 'bpmn:Message', name), { key: 'message' }));
}

function failed({ edits, element }, definition) {
  const current = definition.errorRef ? called(definition.errorRef) : '';
  return section('错误', text('错误代码', current, (name) => void edits.refer(element, definition, 'errorRef', 'bpmn:Error', name), { key: 'error' }));
}
