// The documents beside the diagram: words are searched and selected there, and become an element's clause as they stand.
import { isAny } from 'bpmn-js/lib/util/ModelUtil.js';
import { isLabel } from 'bpmn-js/lib/util/LabelUtil.js';
import { button, choice, make, note, text } from './fields.js';
import { parted } from './settings/basis.js';

const CITABLE = ['bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:Participant'];
const [SHORTEST, LONGEST] = [4, 500];
const MOST_BYTES = 2_000_000;

/** The pane 办理依据. */
export class Sources {
  constructor(desk, pane, { show }) {
    Object.assign(this, desk, { pane, show });
    this.texts = new Map();
    this.sought = '';
    this.hit = 0;
    this.file = this.vocabulary.documents[0]?.file;
    this.build();
    this.modeler.on('selection.changed', () => this.about());
    // A listener that answers anything keeps the others from hearing.
    this.modeler.on('commandStack.changed', () => {
      if (this.visible) this.paint();
    });
  }

  get visible() {
    return !this.pane.hidden;
  }

  /** What the citation would be written on. */
  get element() {
    const chosen = this.modeler.get('selection').get();
    const element = chosen.length === 1 ? chosen[0].labelTarget ?? chosen[0] : null;
    return element && isAny(element, CITABLE) ? element : null;
  }

  build() {
    this.head = make('div', 'designer-cite');
    this.picker = make('div');
    this.words = make('div', 'designer-source');
    this.words.tabIndex = 0;
    this.words.setAttribute('role', 'document');
    this.words.setAttribute('aria-label', '依据文件原文');
    const search = text('在原文中查找', '', (words) => {
      this.sought = words;
      this.hit = 0;
      this.paint();
      this.scroll('.is-hit');
    }, { key: 'seek', placeholder: '在原文中查找' });
    this.found = make('span', 'muted');
    const next = button('下一处', () => {
      this.hit += 1;
      this.paint();
      this.scroll('.is-current');
    });
    const bar = make('div', 'designer-seek');
    bar.append(search, next, this.found);
    this.pane.replaceChildren(this.head, this.picker, bar, this.words);
    this.list();
    this.about();
    document.addEventListener('selectionchange', () => this.visible && this.about());
  }

  list() {
    const options = this.vocabulary.documents.map(({ file, title, own }) => [file, own ? `${title}（本修订）` : title]);
    const upload = make('input');
    upload.type = 'file';
    upload.accept = '.txt,text/plain';
    upload.className = 'form-control';
    upload.setAttribute('aria-label', '加入新的依据文件');
    upload.addEventListener('change', () => this.take(upload.files[0]));
    const add = make('details');
    add.append(make('summary', '', '加入新的依据文件'), note('选一份文本文件（.txt）。Word 文件请先另存为“纯文本”。'), upload);
    this.complaint = make('div', 'designer-wrong');
    this.complaint.setAttribute('role', 'alert');
    this.picker.replaceChildren(choice('依据文件', this.file, options, (file) => this.turn(file), { key: 'document' }), add, this.complaint);
  }

  /** Shows the pane with the document in hand. */
  async open() {
    this.show();
    await this.turn(this.file);
  }

  /** Shows a citation where it stands. */
  async find(file, quote) {
    this.show();
    await this.turn(this.vocabulary.documents.some((one) => one.file === file) ? file : this.file);
    this.list();
    const own = [...this.words.querySelectorAll('mark')].find((mark) => mark.classList.contains('is-own'));
    if (own) own.scrollIntoView({ block: 'center' });
    else this.complaint.textContent = `在这份文件里没有找到“${quote.slice(0, 40)}”。`;
  }

  async turn(file) {
    this.file = file;
    if (!this.texts.has(file)) {
      this.words.textContent = '正在打开……';
      const reply = await fetch(`${this.address}?file=${encodeURIComponent(file)}`, { credentials: 'same-origin' });
      if (!reply.ok) {
        this.words.textContent = '没有打开，请检查网络后再选一次。';
        return;
      }
      this.texts.set(file, await reply.text());
    }
    this.paint();
  }

  /** Draws the text with its citations and what was sought. */
  paint() {
    const whole = this.texts.get(this.file);
    if (whole === undefined) return;
    const marks = [...this.cited(whole), ...this.hits(whole)].sort((one, other) => one.from - other.from || other.to - one.to);
    const parts = [];
    let at = 0;
    for (const { from, to, className, title } of marks) {
      if (to <= at) continue;
      const start = Math.max(from, at);
      parts.push(whole.slice(at, start));
      const mark = make('mark', className, whole.slice(start, to));
      mark.title = title;
      parts.push(mark);
      at = to;
    }
    parts.push(whole.slice(at));
    const top = this.words.scrollTop;
    this.words.replaceChildren(...parts);
    this.words.scrollTop = top;
  }

  /** Where elements of the diagram cite this document. */
  cited(whole) {
    const squeezed = squeeze(whole);
    const byQuote = new Map();
    for (const shape of this.modeler.get('elementRegistry').filter((one) => !isLabel(one))) {
      const [file, quote] = parted(this.edits.properties(shape).basis ?? '');
      if (file !== this.file || !quote) continue;
      byQuote.set(quote, [...(byQuote.get(quote) ?? []), shape]);
    }
    return [...byQuote].flatMap(([quote, shapes]) => {
      const span = squeezed.find(quote);
      if (!span) return [];
      const names = shapes.map(({ businessObject: { name, id } }) => name || id).join('、');
      return [{ ...span, className: shapes.includes(this.element) ? 'is-own' : 'is-cited', title: `已引用：${names}` }];
    });
  }

  hits(whole) {
    if (!this.sought) {
      this.found.textContent = '';
      return [];
    }
    const found = [];
    for (let at = whole.indexOf(this.sought); at >= 0 && found.length < 500; at = whole.indexOf(this.sought, at + 1)) found.push(at);
    this.hit = found.length ? this.hit % found.length : 0;
    this.found.textContent = found.length ? `第 ${this.hit + 1} 处，共 ${found.length} 处` : '没有找到';
    return found.map((from, at) => ({ from, to: from + this.sought.length, className: at === this.hit ? 'is-hit is-current' : 'is-hit', title: '查找的文字' }));
  }

  scroll(selector) {
    this.words.querySelector(selector)?.scrollIntoView({ block: 'center' });
  }

  /** The words that would be cited: those selected, else the sentence of the place that was found. */
  get chosen() {
    const selection = getSelection();
    if (!selection.isCollapsed && this.words.contains(selection.anchorNode) && this.words.contains(selection.focusNode)) return neat(selection.toString());
    const mark = this.words.querySelector('.is-current');
    const whole = this.texts.get(this.file) ?? '';
    if (!mark || !this.sought) return '';
    const before = document.createRange();
    before.setStart(this.words, 0);
    before.setEndBefore(mark);
    const at = before.toString().length;
    const start = Math.max(...['。', '；', '\n'].map((end) => whole.lastIndexOf(end, at - 1))) + 1;
    const ends = ['。', '；', '\n'].map((end) => whole.indexOf(end, at)).filter((end) => end >= 0);
    return neat(whole.slice(start, ends.length ? Math.min(...ends) : undefined));
  }

  /** Says above the text what a press of the button would do. */
  about() {
    if (!this.visible) return;
    const { element, chosen } = this;
    const key = `${element?.id}|${chosen}`;
    if (key === this.said && this.head.childNodes.length) return;
    this.said = key;
    const name = element?.businessObject.name || element?.id;
    const cite = button('引用为办理依据', () => this.cite(), { className: 'btn btn-primary' });
    cite.disabled = !element || !chosen;
    // The press must not undo the selection it is about.
    cite.addEventListener('mousedown', (event) => event.preventDefault());
    const words = !element ? '先在图上点选一个环节或连线，再到下面选中原文的一段。'
      : chosen ? `给“${name}”引用：${chosen.length > 60 ? `${chosen.slice(0, 60)}……` : chosen}` : `给“${name}”选依据：在下面选中原文的一段，或查找后直接引用那一句。`;
    this.head.replaceChildren(make('p', '', words), cite);
    if (this.shownFor !== element) this.paint();
    this.shownFor = element;
  }

  cite() {
    const { element, chosen } = this;
    if (chosen.length < SHORTEST || chosen.length > LONGEST) {
      this.complaint.textContent = `引文应为 ${SHORTEST} 到 ${LONGEST} 字，现在选了 ${chosen.length} 字。`;
      return;
    }
    this.complaint.textContent = '';
    this.edits.setProperties(element, { basis: `${this.file}｜${chosen}`, origin: 'source' });
    getSelection().removeAllRanges();
    this.said = null;
    this.about();
  }

  /** Takes a document in: it is saved with the amendment. */
  async take(file) {
    if (!file) return;
    const name = `${file.name.replace(/\.txt$/i, '').replace(/[/\\｜|<>"'\p{C}]/gu, '').trim().slice(0, 90)}.txt`;
    if (!/\.txt$/i.test(file.name) || name === '.txt') {
      this.complaint.textContent = `“${file.name}”不是文本文件（.txt）。`;
      return;
    }
    if (file.size > MOST_BYTES) {
      this.complaint.textContent = '文件超过 2 MB，请只保留要引用的部分。';
      return;
    }
    const content = decoded(await file.arrayBuffer()).replace(/\u0000/g, '');
    this.texts.set(name, content);
    this.saving.change(`sources/${name}`, content);
    this.vocabulary.documents = [...this.vocabulary.documents.filter((one) => one.file !== name), { file: name, title: name.slice(0, -4), own: true, named: false }];
    this.file = name;
    this.list();
    this.paint();
  }
}

/** Texts from an office's computer are UTF-8 or GB 18030. */
function decoded(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function neat(words) {
  return words.replace(/\s*\n\s*/g, '').trim();
}

/** Finds words whatever the spaces and line breaks between them. */
function squeeze(whole) {
  const places = [];
  let packed = '';
  for (let at = 0; at < whole.length; at += 1) {
    if (/\s/.test(whole[at])) continue;
    packed += whole[at];
    places.push(at);
  }
  return {
    find(quote) {
      const wanted = quote.replace(/\s+/g, '');
      const at = packed.indexOf(wanted);
      return at < 0 || !wanted ? null : { from: places[at], to: places[at + wanted.length - 1] + 1 };
    },
  };
}
