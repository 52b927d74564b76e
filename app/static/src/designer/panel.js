// The settings of what is selected, in the words of the office.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { isLabel } from 'bpmn-js/lib/util/LabelUtil.js';
import { button, choice, entering, make, note, section } from './fields.js';
import { next } from './settings/next.js';
import { general, kindOf, others } from './settings/general.js';
import { lane } from './settings/lane.js';
import { deed } from './settings/deed.js';
import { task } from './settings/task.js';
import { repeat } from './settings/repeat.js';
import { flow } from './settings/flow.js';
import { waiting } from './settings/waiting.js';
import { basis } from './settings/basis.js';

/** The pane 属性: drawn anew for another element, or when something changed it from elsewhere. */
export class Panel {
  constructor(desk, pane) {
    this.desk = desk;
    this.pane = pane;
    const { modeler } = desk;
    modeler.on('selection.changed', () => this.draw());
    modeler.on('commandStack.changed', () => {
      if (entering.now) return;
      // Where the focus goes is known only after what moved it has ended.
      clearTimeout(this.later);
      this.later = setTimeout(() => this.draw());
    });
  }

  /** What is selected, or the process where nothing is. */
  get element() {
    const chosen = this.desk.modeler.get('selection').get();
    if (chosen.length > 1) return null;
    const [element = this.desk.modeler.get('canvas').getRootElement()] = chosen;
    return isLabel(element) ? element.labelTarget : element;
  }

  /** Draws the settings; the field that had the focus gets it back. */
  draw() {
    const held = this.pane.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const { element } = this;
    this.pane.replaceChildren(...(element ? this.parts(element) : [note('选中了多个图形。只选一个，就能看到它的属性。')]));
    if (held) this.pane.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  }

  parts(element) {
    const context = { ...this.desk, element, owner: getBusinessObject(element), redraw: () => this.draw() };
    if (isAny(element, ['bpmn:Process', 'bpmn:Collaboration']) && !is(element, 'bpmn:Participant')) {
      return about(context);
    }
    const parts = [general, lane, task, deed, repeat, flow, waiting, basis, others, next];
    const back = button('‹ 整张图', () => this.desk.modeler.get('selection').select([]), { className: 'designer-back' });
    return [back, ...parts.map((part) => part(context)).flat().filter(Boolean)];
  }
}

function about({ modeler, vocabulary }) {
  const shapes = modeler.get('elementRegistry').filter((one) => !isLabel(one) && one.parent);
  const steps = shapes.filter((one) => is(one, 'bpmn:UserTask')).length;
  const hints = make('ul', 'designer-hints');
  const words = [
    '点一下环节、连线或泳道，在这里设置。',
    '从左边拖出新环节，或点选环节后用旁边的图标接下一步。',
    '办理角色写在泳道上，环节放在哪条泳道就由谁办。',
    'Ctrl+Z 撤销，Ctrl+Y 重做，Delete 删除。改动会自动保存。',
  ];
  hints.append(...words.map((each) => make('li', '', each)));
  return [
    section(`事项 ${vocabulary.procedure}`, note(`图上有 ${steps} 个人工办理环节。`), hints),
    section('图上各处', choice('到哪里', '', [['', '（选一处）'], ...places(shapes)], (id) => {
      const shape = modeler.get('elementRegistry').get(id);
      if (!shape) return;
      modeler.get('selection').select(shape);
      modeler.get('canvas').scrollToElement(shape, 80);
    }, { key: 'place', hint: '不用鼠标时，在这里选中要设置的地方。' })),
  ];
}

/** Everything on the diagram that has a name, by kind. */
function places(shapes) {
  const named = shapes.filter(({ businessObject: { name } }) => name);
  const groups = new Map();
  for (const shape of named) {
    const kind = kindOf(shape);
    groups.set(kind, [...(groups.get(kind) ?? []), [shape.id, shape.businessObject.name]]);
  }
  return [...groups];
}
