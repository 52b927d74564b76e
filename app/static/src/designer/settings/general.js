// Name, id and explanation of anything; and the properties nobody else shows.
import { isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { section, text } from '../fields.js';

const KINDS = {
  'bpmn:UserTask': '人工办理环节', 'bpmn:ManualTask': '线下办理环节', 'bpmn:ServiceTask': '系统办理环节',
  'bpmn:SendTask': '发送环节', 'bpmn:ReceiveTask': '接收消息环节', 'bpmn:BusinessRuleTask': '规则判定环节',
  'bpmn:CallActivity': '调用另一事项', 'bpmn:SubProcess': '子流程', 'bpmn:ExclusiveGateway': '排他网关',
  'bpmn:ParallelGateway': '并行网关', 'bpmn:InclusiveGateway': '包容网关', 'bpmn:EventBasedGateway': '先到先走的网关',
  'bpmn:StartEvent': '开始', 'bpmn:EndEvent': '结束', 'bpmn:IntermediateCatchEvent': '等待',
  'bpmn:IntermediateThrowEvent': '经过点', 'bpmn:BoundaryEvent': '边界事件', 'bpmn:SequenceFlow': '连线',
  'bpmn:Lane': '泳道', 'bpmn:Participant': '事项外框', 'bpmn:TextAnnotation': '批注', 'bpmn:Association': '批注连线',
};
const ID = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const SHOWN = new Set(['role', 'level', 'basis', 'origin', 'parameter']);

/** What kind of element stands there, in words. */
export function kindOf(element) {
  return KINDS[element.type] ?? '图形';
}

export function general({ modeler, edits, element, owner }) {
  const { modeling } = edits;
  const parts = [];
  if (element.type === 'bpmn:TextAnnotation') {
    parts.push(text('批注', owner.text, (value) => void modeling.updateProperties(element, { text: value }), { rows: 3 }));
    return section(kindOf(element), ...parts);
  }
  parts.push(text('名称', owner.name, (value) => void modeling.updateProperties(element, { name: value || undefined }), {
    hint: isAny(element, ['bpmn:Activity']) ? '照文件原文写，如“入户核实”。' : '',
  }));
  const explained = !isAny(element, ['bpmn:SequenceFlow']) || edits.documentation(element);
  if (explained) parts.push(text('说明', edits.documentation(element), (value) => void edits.setDocumentation(element, value), {
    rows: isAny(element, ['bpmn:Activity']) ? 3 : 2, hint: isAny(element, ['bpmn:UserTask']) ? '办理人在环节页上看到的办理要求。' : '',
  }));
  if (isAny(element, ['bpmn:FlowNode'])) {
    parts.push(text('编号', owner.id, (value) => rename(modeler, modeling, element, value), {
      hint: '条件和表单按编号引用本环节；在用的环节改了编号，引用处要一并改。',
    }));
  }
  return section(kindOf(element), ...parts);
}

function rename(modeler, modeling, element, value) {
  if (value === element.id) return '';
  if (!ID.test(value)) return '编号须以文字或字母开头，只含文字、数字、点、横线和下划线。';
  if (['case', 'subject', 'param', 'campaign'].includes(value)) return `“${value}”是保留的名称，请换一个。`;
  if (modeler.get('moddle').ids.assigned(value)) return `编号“${value}”已经用过了。`;
  modeling.updateProperties(element, { id: value });
  return '';
}

const WORDS = {
  paper: '办结后生成的文书名', unit: '办理单位（表达式）', subject: '每份的对象名称（表达式）',
  decides_nothing: '到时不作决定的理由',
};

/** Properties that no other part shows: they can be changed, and are kept. */
export function others({ edits, element }) {
  const held = edits.properties(element);
  const wanted = element.type === 'bpmn:UserTask' ? ['paper', 'unit', 'subject'] : [];
  const timed = edits.definition(element, 'bpmn:TimerEventDefinition') && element.type !== 'bpmn:StartEvent' ? ['decides_nothing'] : [];
  const names = [...new Set([...wanted, ...timed, ...Object.keys(held).filter((name) => !SHOWN.has(name))])];
  if (!names.length) return null;
  const fields = names.map((name) => text(WORDS[name] ?? name, held[name] ?? '',
    (value) => void edits.setProperties(element, { [name]: value }), { key: `property-${name}` }));
  return section('其他属性', ...fields);
}
