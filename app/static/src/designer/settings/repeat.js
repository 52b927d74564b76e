// One step done by several, or for each of many: over what, in which order, and when it is enough.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { button, choice, note, section, text, tick } from '../fields.js';

const KINDS = ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask', 'bpmn:SubProcess', 'bpmn:CallActivity'];
const RATIO = /^=\s*yes \* 100 >= total \* (\d{1,3})$/;

export function repeat({ edits, element, owner, redraw }) {
  if (!isAny(element, KINDS)) return null;
  const loop = owner.loopCharacteristics;
  const change = (write) => (value) => {
    write(value);
    redraw();
  };
  if (!is(loop ?? {}, 'bpmn:MultiInstanceLoopCharacteristics')) {
    return section('多人或多项', note('现在只办一份。'), button('改为多份……', change(() => begin(edits, element, owner))));
  }
  const zeebe = edits.extension(loop, 'zeebe:LoopCharacteristics');
  const count = loop.loopCardinality?.body ?? '';
  const extend = (values) => edits.extend(element, 'zeebe:LoopCharacteristics', { ...values }, loop);
  const over = choice('份数由什么定', zeebe?.inputCollection ? 'list' : 'count', [['list', '名单，每一项一份'], ['count', '固定份数']],
    change((mode) => edits.together(...(mode === 'count'
      ? [() => edits.extend(element, 'zeebe:LoopCharacteristics', null, loop), () => edits.setExpression(element, loop, 'loopCardinality', '=3')]
      : [() => edits.setExpression(element, loop, 'loopCardinality', ''), () => extend({ inputCollection: '=[]', inputElement: 'one' })]))), { key: 'over' });
  const fields = zeebe?.inputCollection ? [
    text('名单（表达式）', zeebe.inputCollection, (inputCollection) => void extend({ inputCollection }), { key: 'collection', rows: zeebe.inputCollection.length > 40 ? 3 : 0 }),
    text('每一项叫', zeebe.inputElement, (inputElement) => void extend({ inputElement: inputElement || undefined }), { key: 'item' }),
    text('结果清单叫', zeebe.outputCollection, (outputCollection) => void extend({ outputCollection: outputCollection || undefined }), { key: 'gathered', hint: '留空就不留清单。' }),
    zeebe.outputCollection ? text('每一份留下', zeebe.outputElement, (outputElement) => void extend({ outputElement: outputElement || undefined }), { key: 'kept', hint: '留空就是这一份的全部填写内容。' }) : null,
  ] : [text('份数（表达式）', count, (value) => void edits.setExpression(element, loop, 'loopCardinality', value), { key: 'count' })];
  return section('多人或多项', over, ...fields,
    tick('一份办完再办下一份（依次）', Boolean(loop.isSequential), (value) => edits.write(element, loop, { isSequential: value || undefined }), { key: 'in-turn' }),
    ...enough({ edits, element, loop, change }),
    button('改为只办一份', change(() => edits.modeling.updateProperties(element, { loopCharacteristics: undefined }))));
}

function begin(edits, element, owner) {
  const loop = edits.make('bpmn:MultiInstanceLoopCharacteristics', {}, owner);
  const held = edits.make('zeebe:LoopCharacteristics', { inputCollection: '=[]', inputElement: 'one' });
  loop.extensionElements = edits.make('bpmn:ExtensionElements', { values: [held] }, loop);
  edits.modeling.updateProperties(element, { loopCharacteristics: loop });
}

/** When it is enough: the rules of meetings, written as a condition over the counts. */
function enough({ edits, element, loop, change }) {
  const current = loop.completionCondition?.body ?? '';
  const [, ratio] = RATIO.exec(current) ?? [];
  const presets = { '': '', any: '=done >= 1', ratio: `=yes * 100 >= total * ${ratio ?? 67}`, veto: '=no >= 1', other: current || '=done = total' };
  const mode = !current ? '' : ratio ? 'ratio' : current === presets.any ? 'any' : current === presets.veto ? 'veto' : 'other';
  const write = (text_) => edits.setExpression(element, loop, 'completionCondition', text_);
  const options = [['', '会签：每个人都要办'], ['any', '或签：一个人办完就算'], ['ratio', '票签：同意达到比例就算'], ['veto', '一票否决：有一个不同意就结束'], ['other', '其他条件']];
  const parts = [choice('怎样才算办完', mode, options, change((wanted) => write(presets[wanted])), { key: 'enough' })];
  if (mode === 'ratio') {
    parts.push(text('同意的百分比', ratio, (value) => {
      if (!/^([1-9]\d?|100)$/.test(value)) return '请填 1 到 100 的整数，如三分之二填 67。';
      write(`=yes * 100 >= total * ${value}`);
      return '';
    }, { key: 'ratio' }));
  }
  if (mode) parts.push(text('条件表达式', current, (value) => void write(value), { key: 'enough-expression', hint: '可用 total（总数）、done（已办）、yes（同意）、no（不同意）、abstain（弃权）。' }));
  return parts;
}
