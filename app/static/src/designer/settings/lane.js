// Who acts: a lane's or frame's role and its level.
import { isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { choice, note, section } from '../fields.js';

export function lane({ edits, element, owner, vocabulary, redraw }) {
  if (!isAny(element, ['bpmn:Lane', 'bpmn:Participant'])) return null;
  const held = edits.properties(element);
  const groups = Object.entries(vocabulary.levels)
    .map(([level, words]) => [words, vocabulary.roles.filter((role) => role.level === level).map(({ id, name }) => [id, name])])
    .filter(([, roles]) => roles.length);
  const take = (role) => {
    const level = vocabulary.roles.find(({ id }) => id === role)?.level ?? held.level ?? '';
    edits.setProperties(element, { role, level: role ? level : '' });
    redraw();
  };
  const levels = [['', '（未选）'], ...Object.entries(vocabulary.levels)];
  return section('由谁办理',
    owner.name ? null : note('给泳道起个名称，如“村”“镇（街道）”。'),
    choice('办理角色', held.role ?? '', [['', '（未选）'], ...groups], take),
    choice('层级', held.level ?? '', levels, (level) => edits.setProperties(element, { level }),
      { hint: '决定由办件所在地往上哪一级的单位办。' }));
}

/** The lane an element stands in, with its role in words. */
export function laneOf({ modeler, edits, element, vocabulary }) {
  const inside = (shape) => shape.x <= element.x + element.width / 2 && element.x + element.width / 2 <= shape.x + shape.width
    && shape.y <= element.y + element.height / 2 && element.y + element.height / 2 <= shape.y + shape.height;
  const found = modeler.get('elementRegistry').filter((one) => isAny(one, ['bpmn:Lane', 'bpmn:Participant']) && inside(one))
    .map((one) => ({ lane: one, name: one.businessObject.name ?? '', role: edits.properties(one).role ?? '' }))
    .filter(({ role }) => role)
    .sort((one, other) => one.lane.width * one.lane.height - other.lane.width * other.lane.height)[0];
  if (!found) return null;
  return { ...found, words: vocabulary.roles.find(({ id }) => id === found.role)?.name ?? found.role };
}
