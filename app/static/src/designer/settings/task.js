// A step that a person does: who, with which form, until when.
import { is } from 'bpmn-js/lib/util/ModelUtil.js';
import { button, choice, make, note, section, text } from '../fields.js';
import { laneOf } from './lane.js';

const FIXED = /^=\s*workdays\(\s*(\d+)\s*\)$/;
const BY_PARAMETER = /^=\s*workdays\(\s*param\.([\p{L}_][\p{L}\p{N}_]*)\s*\)$/u;

export function task(context) {
  if (!is(context.element, 'bpmn:UserTask')) return null;
  return [who(context), form(context), due(context)];
}

function who(context) {
  const { edits, element, owner, vocabulary } = context;
  const where = laneOf(context);
  const groups = edits.extension(owner, 'zeebe:AssignmentDefinition')?.candidateGroups ?? '';
  const names = groups.startsWith('=') ? '' : groups.split(',').filter(Boolean)
    .map((id) => vocabulary.roles.find((role) => role.id === id.trim())?.name ?? id).join('、');
  return section('由谁办理',
    note(where ? `在泳道“${where.name}”，由${where.words}办理。换人办理，就把环节拖到别的泳道。` : '所在泳道还没有指定办理角色：请先点选泳道设置。'),
    text('也可以由这些角色办', groups, (value) => void edits.extend(element, 'zeebe:AssignmentDefinition', value ? { candidateGroups: value } : null), {
      key: 'groups', list: 'designer-roles', hint: names || '留空就只由泳道的角色办。多个角色编号用逗号分开，或写“=”开头的表达式。',
    }));
}

function form(context) {
  const { edits, element, owner, vocabulary, redraw } = context;
  const held = edits.extension(owner, 'zeebe:FormDefinition');
  const current = held?.formId ?? held?.formKey ?? '';
  const own = Object.values(vocabulary.forms).map(({ key, title }) => [key, `${title}（${key}）`]);
  const take = (formId) => {
    edits.extend(element, 'zeebe:FormDefinition', formId ? { formId } : null);
    redraw();
  };
  const known = vocabulary.forms[current];
  const asked = known ? `要填：${known.fields.slice(0, 8).map(({ label }) => label).join('、')}${known.fields.length > 8 ? '等' : ''}` : '';
  return section('表单',
    choice('用哪张表单', current, [['', '（没有表单）'], ['本修订的表单', own]], take, { hint: asked, key: 'form' }),
    shelf(context, take));
}

/** The forms of other procedures: the chosen one is copied into the amendment. */
function shelf({ library, vocabulary, saving }, take) {
  const place = make('div');
  const open = async () => {
    place.replaceChildren(note('正在取表单库……'));
    const forms = await library.list();
    const results = make('ul', 'designer-results');
    const show = (words) => {
      const found = forms.filter(({ key, title, procedure }) => `${key} ${title} ${procedure}`.includes(words)).slice(0, 12);
      results.replaceChildren(...found.map((each) => {
        const line = make('li');
        line.append(button(`${each.title}——${each.procedure}`, async () => {
          const copy = await library.form(each.key);
          vocabulary.forms[each.key] = copy;
          saving.change(`forms/${each.key}.json`, copy.text);
          take(each.key);
        }));
        return line;
      }));
    };
    show('');
    place.replaceChildren(text('按名称或事项查找', '', (words) => void show(words), { key: 'shelf' }), results);
    place.querySelector('input').focus();
  };
  place.append(button('从表单库选用……', open));
  return place;
}

function due({ edits, element, owner, vocabulary, redraw }) {
  const current = edits.extension(owner, 'zeebe:TaskSchedule')?.dueDate ?? '';
  const write = (dueDate) => {
    const held = edits.extension(owner, 'zeebe:TaskSchedule');
    edits.extend(element, 'zeebe:TaskSchedule', dueDate || held?.followUpDate ? { dueDate: dueDate || undefined } : null);
  };
  return section('办理期限', ...limit({ current, write, vocabulary, redraw, none: '不限时' }));
}

/** Fields for a limit in working days: fixed, by a parameter, or any other expression. */
export function limit({ current, write, vocabulary, redraw, none }) {
  const [, days] = FIXED.exec(current) ?? [];
  const [, parameter] = BY_PARAMETER.exec(current) ?? [];
  const mode = !current ? '' : days ? 'fixed' : parameter ? 'parameter' : 'other';
  const numbers = vocabulary.parameters.filter(({ type }) => ['int', 'integer', 'number', 'days'].includes(type) || /day/.test(type));
  const offered = numbers.length ? numbers : vocabulary.parameters;
  const starts = { '': '', fixed: '=workdays(5)', parameter: `=workdays(param.${offered[0]?.name ?? 'days'})`, other: current || '=workdays(5)' };
  const parts = [choice('怎样定', mode, [['', none], ['fixed', '固定的工作日数'], ['parameter', '按参数（工作日）'], ['other', '其他表达式']], (wanted) => {
    write(starts[wanted]);
    redraw();
  }, { key: 'limit' })];
  if (mode === 'fixed') {
    parts.push(text('工作日', days, (value) => {
      if (!/^[1-9]\d{0,3}$/.test(value)) return '请填 1 到 9999 的整数。';
      write(`=workdays(${value})`);
      return '';
    }, { key: 'limit-days' }));
  }
  if (mode === 'parameter') {
    parts.push(choice('参数', parameter, offered.map(({ name, label, unit, default: value }) => [name, `${label}（现为 ${value}${unit}）`]),
      (name) => write(`=workdays(param.${name})`), { key: 'limit-parameter' }));
  }
  if (mode) {
    parts.push(text('表达式', current, (value) => {
      if (value && !value.startsWith('=')) return '表达式须以“=”开头，如 =workdays(5)。';
      write(value);
      return '';
    }, { key: 'limit-expression' }));
  }
  return parts;
}
