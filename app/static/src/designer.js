// The designer: a procedure's diagram drawn and described on one page. See app/designer for the server's part.
import Modeler from 'bpmn-js/lib/Modeler.js';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import { insert } from './designer/adding.js';
import { bar, fit } from './designer/bar.js';
import { Edits } from './designer/edits.js';
import { Findings } from './designer/findings.js';
import { Panel } from './designer/panel.js';
import { Saving } from './designer/saving.js';
import { Sources } from './designer/sources.js';
import { tabs } from './designer/tabs.js';
import tools from './designer/tools.js';
import zh from './designer/zh.js';

const READABLE = 0.8;

const place = document.querySelector('[data-designer]');
if (place) open(place);

/** A modeler that knows our extensions and our words. */
export function modelerIn(container) {
  return new Modeler({ container, moddleExtensions: { zeebe }, additionalModules: [zh, tools] });
}

async function open(place) {
  const status = place.querySelector('[data-status]');
  try {
    const [file, words] = await Promise.all([get(place.dataset.xml), get(place.dataset.state)]);
    const [xml, vocabulary] = [await file.text(), await words.json()];
    const modeler = modelerIn(place.querySelector('[data-canvas]'));
    await modeler.importXML(xml);
    begin(place, modeler, vocabulary, Number(file.headers.get('X-Revision')));
  } catch (fault) {
    status.textContent = fault.reply ? '没有打开，请检查网络后刷新本页。' : '流程图文件打不开，请导出后用其他工具改好再导入。';
    status.classList.add('is-problem');
    place.dataset.ready = 'failed';
  }
}

function begin(place, modeler, vocabulary, revision) {
  const blur = () => modeler.get('directEditing').isActive() && modeler.get('directEditing').complete();
  const texts = async () => {
    blur();
    return (await modeler.saveXML({ format: true })).xml;
  };
  const saving = new Saving(place, texts, revision);
  const desk = { modeler, vocabulary, edits: new Edits(modeler), saving, library: library(place), address: place.querySelector('[data-document]').href };
  const findings = new Findings(modeler, place);
  const show = tabs(place, (name) => {
    place.classList.toggle('is-reading', name === 'basis');
    modeler.get('canvas').resized();
    if (name === 'basis' && desk.sources) desk.sources.turn(desk.sources.file).then(() => desk.sources.about());
  });
  desk.sources = new Sources(desk, place.querySelector('#pane-basis'), { show: () => show('basis') });
  place.append(roles(vocabulary));
  const panel = new Panel(desk, place.querySelector('#pane-settings'));
  panel.draw();
  // A name being typed on the diagram is entered before anything is set beside it.
  place.querySelector('.designer-side').addEventListener('focusin', blur);
  inserting(desk);
  bar(modeler, place);
  modeler.on('commandStack.changed', ({ trigger }) => {
    if (trigger !== 'clear') saving.change();
  });
  saving.onRest((changes) => findings.check(changes));
  findings.check({});
  fit(modeler.get('canvas'), READABLE);
  place.dataset.ready = '1';
}

/** Beside a chosen connection: a step put into it. */
function inserting(desk) {
  const press = (flow) => ({
    group: 'edit', className: 'bpmn-icon-user-task', title: '在这里插入人工办理环节',
    action: { click: () => insert(desk, flow, { type: 'bpmn:UserTask' }) },
  });
  desk.modeler.get('contextPad').registerProvider(400, {
    getContextPadEntries: (element) => (entries) => (element.type === 'bpmn:SequenceFlow' ? { ...entries, 'insert.user': press(element) } : entries),
  });
}

/** The roles to choose from where one types their ids. */
function roles(vocabulary) {
  const list = document.createElement('datalist');
  list.id = 'designer-roles';
  list.append(...vocabulary.roles.map(({ id, name }) => new Option(name, id)));
  return list;
}

/** The forms of procedures in force, asked for when they are wanted. */
function library(place) {
  const address = place.querySelector('[data-library]').href;
  let listed;
  return {
    list: async () => (listed ??= await (await get(address)).json()),
    form: async (key) => (await get(`${address}?form=${encodeURIComponent(key)}`)).json(),
  };
}

async function get(url) {
  const reply = await fetch(url, { credentials: 'same-origin' });
  if (!reply.ok) throw Object.assign(new Error(String(reply.status)), { reply });
  return reply;
}
