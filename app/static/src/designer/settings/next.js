// What comes next: steps added by buttons, for those who draw with the keyboard as well.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { STEPS, append, insert } from '../adding.js';
import { button, choice, section } from '../fields.js';

const LAST = ['bpmn:EndEvent'];

export function next(context) {
  const { modeler, element } = context;
  const removing = button('删除', () => modeler.get('modeling').removeElements([element]));
  if (is(element, 'bpmn:SequenceFlow')) {
    return section('加环节', picker('在这条连线上插入', (kind) => insert(context, element, kind), STEPS.slice(0, -1)), removing);
  }
  if (isAny(element, ['bpmn:FlowNode'])) {
    const more = isAny(element, LAST) ? null : picker('在它后面接', (kind) => {
      modeler.get('selection').select(append(modeler, element, kind));
    }, STEPS);
    return section('加环节', more, removing);
  }
  return null;
}

function picker(label, press, steps) {
  const options = [['', '（选一种）'], ...steps.map(([words], at) => [String(at), words])];
  return choice(label, '', options, (at) => at && press(steps[Number(at)][1]), { key: 'next' });
}
