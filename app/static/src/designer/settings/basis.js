// On what an element rests: the clause it cites, or the parameter that switches what the source does not say.
import { isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { button, choice, make, section } from '../fields.js';

const KINDS = ['bpmn:FlowNode', 'bpmn:SequenceFlow'];

export function basis({ edits, element, vocabulary, sources, redraw }) {
  if (!isAny(element, KINDS)) return null;
  const held = edits.properties(element);
  const parts = [];
  const [file, quote] = parted(held.basis ?? '');
  if (held.basis) {
    const title = vocabulary.documents.find((each) => each.file === file)?.title ?? file;
    const block = make('blockquote', 'designer-quote', quote || held.basis);
    block.append(make('cite', '', `——${title}`));
    parts.push(block, button('在原文中看', () => sources.find(file, quote)), button('不再引用', () => {
      edits.setProperties(element, { basis: '' });
      redraw();
    }));
  } else parts.push(button('从原文中选', () => sources.open()));
  parts.push(
    choice('来源', held.origin ?? '', [['', '（未标明）'], ['source', '文件原文规定'], ['default', '文件没有规定，本地默认']],
      (origin) => edits.setProperties(element, { origin })),
    choice('由哪个参数定', held.parameter ?? '', [['', '（没有）'], ...vocabulary.parameters.map(({ name, label }) => [name, label])],
      (parameter) => edits.setProperties(element, { parameter }), { hint: held.origin === 'default' && !held.parameter ? '文件没有规定的，最好由参数开关。' : '' }),
  );
  return section('办理依据', ...parts);
}

/** The file and the words of a citation. */
export function parted(text) {
  const at = text.indexOf('｜');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
