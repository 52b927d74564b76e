// What the check has to say, beside the diagram and on it.
import { post } from './saving.js';
import { make } from './fields.js';

const DIAGRAM = 'process.bpmn';
const WORDS = { error: '错误', warning: '注意' };
const KINDS = { exclusiveGateway: '排他网关', parallelGateway: '并行网关', inclusiveGateway: '包容网关' };

/** The list of findings; asks the server each time the changes have come to rest. */
export class Findings {
  constructor(modeler, place) {
    this.modeler = modeler;
    this.url = place.dataset.lint;
    this.pane = place.querySelector('#pane-findings');
    this.count = place.querySelector('[data-count]');
    this.round = 0;
  }

  async check(changes) {
    this.round += 1;
    const round = this.round;
    try {
      const reply = await post(this.url, { changes });
      const told = await reply.json();
      if (round !== this.round) return;
      if (reply.ok) this.show(told.findings);
      else this.pane.replaceChildren(make('p', 'muted', told.detail ?? '暂时检查不了。'));
    } catch {
      this.pane.replaceChildren(make('p', 'muted', '网络断开，暂时检查不了。'));
    }
  }

  show(findings) {
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    this.count.textContent = findings.length ? `${findings.length}` : '';
    this.count.className = errors ? 'is-error' : '';
    this.mark(findings);
    const head = findings.length
      ? `${errors} 处错误，${findings.length - errors} 处需注意。点一条，图上选中所在的环节。`
      : '没有发现问题。';
    const list = make('ul', 'designer-findings');
    list.append(...findings.map((finding) => this.line(finding)));
    this.pane.replaceChildren(make('p', 'muted', head), ...(findings.length ? [list] : []));
  }

  line(finding) {
    const line = make('li', `is-${finding.severity}`);
    const where = this.element(finding);
    const said = make(where ? 'button' : 'div', 'designer-finding');
    if (where) said.type = 'button';
    said.append(make('b', '', WORDS[finding.severity]), ` ${finding.sentence}`);
    if (finding.fix) said.append(make('span', 'muted', `${finding.fix}。`));
    if (!where) said.append(make('span', 'muted', `在 ${finding.file}${finding.element ? ` ${finding.element}` : ''}`));
    if (where) said.addEventListener('click', () => this.go(where));
    line.append(said);
    const change = finding.change && this.change(finding.change);
    if (change) line.append(change);
    return line;
  }

  element({ file, element }) {
    return file === DIAGRAM && element ? this.modeler.get('elementRegistry').get(element) : null;
  }

  go(element) {
    this.modeler.get('selection').select(element);
    this.modeler.get('canvas').scrollToElement(element, 80);
  }

  /** The button of a mend that a program can make. */
  change({ kind, element, value }) {
    const shape = this.modeler.get('elementRegistry').get(element);
    if (kind !== 'set_kind' || !shape) return null;
    const button = make('button', 'btn btn-plain', `改为${KINDS[value] ?? value}`);
    button.type = 'button';
    button.addEventListener('click', () => {
      const type = `bpmn:${value[0].toUpperCase()}${value.slice(1)}`;
      this.go(this.modeler.get('bpmnReplace').replaceElement(shape, { type }));
    });
    return button;
  }

  mark(findings) {
    const overlays = this.modeler.get('overlays');
    overlays.remove({ type: 'finding' });
    const worst = new Map();
    for (const finding of findings) {
      const shape = this.element(finding);
      if (shape && (finding.severity === 'error' || !worst.has(shape))) worst.set(shape, finding);
    }
    for (const [shape, { severity, sentence }] of worst) {
      const badge = make('span', `designer-badge is-${severity}`, severity === 'error' ? '错' : '注');
      badge.title = sentence;
      const position = shape.waypoints ? { top: -10, left: -10 } : { top: -12, right: 12 };
      overlays.add(shape, 'finding', { position, html: badge });
    }
  }
}
