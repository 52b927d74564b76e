// The decision tables of an amendment, edited in the browser and saved by themselves.
import Modeler from 'dmn-js/lib/Modeler';
import Viewer from 'dmn-js/lib/NavigatedViewer';
import { csrfToken } from './base/page.js';
import { translate } from './decisions/words.js';

const FILE = 'decisions.dmn';
const PAUSE = 1200;
const KINDS = { drd: '关系图', decisionTable: '', literalExpression: '', boxedExpression: '' };

const place = document.querySelector('[data-tables]');
if (place) edit(place);

/** Opens the file in its place on the page. */
async function edit(place) {
  const said = document.querySelector('[data-saved]');
  try {
    const reply = await fetch(place.dataset.source, { credentials: 'same-origin' });
    if (!reply.ok) throw new Error(String(reply.status));
    const text = await reply.text();
    const revision = Number(reply.headers.get('X-Revision'));
    place.textContent = '';
    const words = { additionalModules: [{ translate: ['value', translate] }] };
    const parts = { drd: words, decisionTable: words, literalExpression: words, boxedExpression: words };
    const editor = new (place.dataset.save ? Modeler : Viewer)({ container: place, ...parts });
    const { warnings } = await editor.importXML(text);
    ways(editor);
    const table = editor.getViews().find(({ type }) => type === 'decisionTable');
    if (table) await editor.open(table);
    named(place);
    // What the editor could not read it would leave out when saving: then nothing is saved from here.
    if (warnings.length) said.textContent = `有 ${warnings.length} 处编辑器读不全，为免丢失内容，这里只能查看；请先按“检查”改正。`;
    else if (place.dataset.save) keep(editor, place, revision, said);
    place.editor = editor;
    place.dataset.ready = '1';
  } catch {
    place.textContent = '编辑器没有打开，请刷新本页；仍不行时可看下面的规则列表，或导出文件用其他工具修改。';
  }
}

/** One button for each decision, and one for how they hang together. */
function ways(editor) {
  const bar = document.querySelector('[data-views]');
  const draw = () => {
    bar.textContent = '';
    for (const view of editor.getViews()) {
      const button = document.createElement('button');
      button.type = 'button';
      const current = editor.getActiveView()?.id === view.id;
      button.className = current ? 'btn btn-primary' : 'btn btn-plain';
      if (current) button.setAttribute('aria-current', 'true');
      button.textContent = KINDS[view.type] || view.name || view.id;
      button.addEventListener('click', () => editor.open(view));
      bar.append(button);
    }
  };
  editor.on('views.changed', draw);
  draw();
}

/** Gives the column of numbers a name for those who hear the page. */
function named(place) {
  const name = () => place.querySelectorAll('th.index-column').forEach((one) => { one.textContent ||= '序'; });
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
  name();
}

/** Saves shortly after each change; stops, and says so, where somebody else saved meanwhile. */
function keep(editor, place, revision, said) {
  let timer = 0;
  let saving = Promise.resolve();
  let stopped = false;
  let unsaved = false;

  const changed = () => {
    if (stopped) return;
    unsaved = true;
    said.textContent = '有改动未保存';
    clearTimeout(timer);
    timer = setTimeout(() => { saving = saving.then(save); }, PAUSE);
  };

  async function save() {
    if (stopped || !unsaved) return;
    unsaved = false;
    const { xml } = await editor.saveXML({ format: true });
    try {
      const reply = await fetch(place.dataset.save, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrfToken() },
        body: JSON.stringify({ revision, changes: { [FILE]: xml } }),
      });
      const answer = await reply.json();
      if (!reply.ok) {
        stopped = reply.status === 409;
        unsaved = true;
        said.textContent = answer.detail ?? '没有保存，请稍后再试。';
        return;
      }
      revision = answer.revision;
      document.querySelectorAll('input[name="revision"]').forEach((each) => { each.value = revision; });
      said.textContent = unsaved ? '有改动未保存' : `已保存（第 ${revision} 次）`;
    } catch {
      unsaved = true;
      said.textContent = '网络不通，联网后会再保存。';
      timer = setTimeout(() => { saving = saving.then(save); }, 5 * PAUSE);
    }
  }

  const heard = new WeakSet();
  const listen = () => {
    const viewer = editor.getActiveViewer();
    if (!viewer || heard.has(viewer)) return;
    heard.add(viewer);
    viewer.on('commandStack.changed', changed);
    viewer.on('elements.changed', changed);
  };
  editor.on('views.changed', listen);
  listen();
  addEventListener('beforeunload', (event) => {
    // The last word in a cell is taken over only when the cell is left.
    document.activeElement?.blur?.();
    if (unsaved) event.preventDefault();
  });
}
