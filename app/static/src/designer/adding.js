// Adding a step without a mouse: behind an element, or into a connection, where room is made for it.
import { is } from 'bpmn-js/lib/util/ModelUtil.js';
import { TIMER } from './tools.js';

const ROOM = { x: 170, y: 120 };

export const STEPS = [
  ['人工办理环节', { type: 'bpmn:UserTask' }],
  ['系统办理环节', { type: 'bpmn:ServiceTask' }],
  ['规则判定环节', { type: 'bpmn:BusinessRuleTask' }],
  ['排他网关', { type: 'bpmn:ExclusiveGateway' }],
  ['等待时间', TIMER],
  ['结束', { type: 'bpmn:EndEvent' }],
];

/** Puts a new element behind another, joined by a connection. */
export function append(modeler, element, kind) {
  return modeler.get('autoPlace').append(element, modeler.get('elementFactory').createShape(kind));
}

/** Puts a new element into a connection; what comes behind it is moved on. */
export function insert({ modeler, edits }, flow, kind) {
  const { at, axis } = spot(flow.waypoints);
  const added = modeler.get('elementFactory').createShape(kind);
  edits.together(
    () => makeRoom(modeler, axis, at[axis]),
    () => {
      const where = spot(flow.waypoints).at;
      edits.modeling.createShape(added, where, flow);
    },
  );
  modeler.get('selection').select(added);
  modeler.get('canvas').scrollToElement(added, 80);
  return added;
}

/** The middle of a connection's longest stretch, and along which axis that runs. */
function spot(points) {
  const stretches = points.slice(1).map((to, index) => ({ from: points[index], to }));
  const length = ({ from, to }) => Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
  const { from, to } = stretches.sort((one, other) => length(other) - length(one))[0];
  const axis = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y) ? 'x' : 'y';
  return { at: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, axis };
}

function makeRoom(modeler, axis, start) {
  const delta = { x: 0, y: 0, [axis]: ROOM[axis] };
  const shapes = modeler.get('elementRegistry').filter((one) => one.parent && !is(one, 'bpmn:Collaboration'));
  const space = modeler.get('spaceTool');
  const { movingShapes, resizingShapes } = space.calculateAdjustments(shapes, axis, delta[axis], start);
  space.makeSpace(movingShapes, resizingShapes, delta, axis === 'x' ? 'e' : 's', start);
}
