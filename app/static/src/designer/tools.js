// The palette, the pad beside an element and the menu of kinds: only what the engine runs.
const REPLACEMENTS = new Set([
  'user-task', 'service-task', 'send-task', 'receive-task', 'manual-task', 'rule-task', 'call-activity',
  'expanded-subprocess', 'subprocess', 'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway',
  'event-based-gateway', 'none-start', 'timer-start', 'message-start', 'none-end', 'terminate-end', 'error-end',
  'none-intermediate-throw', 'message-intermediate-catch', 'message-intermediate-throw', 'timer-intermediate-catch',
  'message-boundary', 'timer-boundary', 'error-boundary', 'non-interrupting-message-boundary',
  'non-interrupting-timer-boundary', 'sequence-flow', 'default-flow', 'conditional-flow',
].map((name) => `replace-with-${name}`));
const HEADERS = new Set(['toggle-parallel-mi', 'toggle-sequential-mi', 'toggle-non-interrupting']);
const UNWANTED = [
  'append.append-task', 'append.intermediate-event', 'append.condition-intermediate-event',
  'append.signal-intermediate-event', 'append.compensation-activity',
];

export const TIMER = { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' };
const MESSAGE = { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:MessageEventDefinition' };

const SHAPES = [
  ['event', 'start', 'bpmn-icon-start-event-none', '开始', { type: 'bpmn:StartEvent' }],
  ['event', 'end', 'bpmn-icon-end-event-none', '结束', { type: 'bpmn:EndEvent' }],
  ['event', 'timer', 'bpmn-icon-intermediate-event-catch-timer', '等待时间（放到环节边上就是限时）', TIMER],
  ['event', 'message', 'bpmn-icon-intermediate-event-catch-message', '等待消息', MESSAGE],
  ['activity', 'user', 'bpmn-icon-user-task', '人工办理环节', { type: 'bpmn:UserTask' }],
  ['activity', 'service', 'bpmn-icon-service-task', '系统办理环节', { type: 'bpmn:ServiceTask' }],
  ['activity', 'rule', 'bpmn-icon-business-rule-task', '规则判定环节', { type: 'bpmn:BusinessRuleTask' }],
  ['activity', 'call', 'bpmn-icon-call-activity', '调用另一事项', { type: 'bpmn:CallActivity' }],
  ['activity', 'sub', 'bpmn-icon-subprocess-expanded', '子流程', { type: 'bpmn:SubProcess', isExpanded: true }],
  ['gateway', 'exclusive', 'bpmn-icon-gateway-xor', '排他网关（只走一路）', { type: 'bpmn:ExclusiveGateway' }],
  ['gateway', 'parallel', 'bpmn-icon-gateway-parallel', '并行网关（各路同时走）', { type: 'bpmn:ParallelGateway' }],
  ['pool', 'pool', 'bpmn-icon-participant', '事项外框（内分泳道）', { type: 'bpmn:Participant', isExpanded: true }],
];

class Palette {
  constructor(palette, create, elementFactory, handTool, lassoTool, spaceTool, globalConnect) {
    Object.assign(this, { create, elementFactory, handTool, lassoTool, spaceTool, globalConnect });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const tool = (name, icon, title, press) => ({
      [name]: { group: 'tools', className: icon, title, action: { click: press } },
    });
    return {
      ...tool('hand', 'bpmn-icon-hand-tool', '移动画面', (event) => this.handTool.activateHand(event)),
      ...tool('lasso', 'bpmn-icon-lasso-tool', '框选', (event) => this.lassoTool.activateSelection(event)),
      ...tool('space', 'bpmn-icon-space-tool', '腾挪空间', (event) => this.spaceTool.activateSelection(event)),
      ...tool('connect', 'bpmn-icon-connection-multi', '连线', (event) => this.globalConnect.start(event)),
      'tools-end': { group: 'tools', separator: true },
      ...Object.fromEntries(SHAPES.map(([group, name, icon, title, kind]) => [name, this.shape(group, icon, title, kind)])),
    };
  }

  shape(group, className, title, kind) {
    const start = (event) => this.create.start(event, kind.type === 'bpmn:Participant'
      ? this.elementFactory.createParticipantShape(kind) : this.elementFactory.createShape(kind));
    return { group, className, title, action: { dragstart: start, click: start } };
  }
}
Palette.$inject = ['palette', 'create', 'elementFactory', 'handTool', 'lassoTool', 'spaceTool', 'globalConnect'];

class Pad {
  constructor(contextPad, popupMenu, create, elementFactory, autoPlace) {
    Object.assign(this, { create, elementFactory, autoPlace });
    contextPad.registerProvider(500, this);
    popupMenu.registerProvider('bpmn-replace', 500, {
      getPopupMenuEntries: () => (entries) => kept(entries, REPLACEMENTS),
      getPopupMenuHeaderEntries: () => (entries) => kept(entries, HEADERS),
    });
  }

  getContextPadEntries(element) {
    return (entries) => {
      const goesOn = Boolean(entries['append.append-task']);
      for (const name of UNWANTED) delete entries[name];
      if (!goesOn) return entries;
      return {
        'append.user': this.append(element, 'bpmn-icon-user-task', '接人工办理环节', { type: 'bpmn:UserTask' }),
        'append.service': this.append(element, 'bpmn-icon-service-task', '接系统办理环节', { type: 'bpmn:ServiceTask' }),
        'append.timer': this.append(element, 'bpmn-icon-intermediate-event-catch-timer', '接“等待时间”', TIMER),
        ...entries,
      };
    };
  }

  append(element, className, title, kind) {
    const shape = () => this.elementFactory.createShape(kind);
    return {
      group: 'model',
      className,
      title,
      action: {
        click: () => this.autoPlace.append(element, shape()),
        dragstart: (event) => this.create.start(event, shape(), { source: element }),
      },
    };
  }

  getMultiElementContextPadEntries() {
    return (entries) => entries;
  }
}
Pad.$inject = ['contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace'];

function kept(entries, names) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => names.has(name)));
}

/** Takes the place of the tool's own palette, and narrows its pad and menu. */
export default { __init__: ['paletteProvider', 'ownPad'], paletteProvider: ['type', Palette], ownPad: ['type', Pad] };
