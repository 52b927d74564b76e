// Typing is kept in this browser until the office has it, and put back when the form opens without it.
import { keptName, noteSent } from '../base/kept.js';

const PAUSE = 400;
const NEVER_KEPT = ['csrf_token', 'revision', 'once', '_once', '_method'];

/** Keeps what is typed into one form[data-keep]. */
export class Keeper {
  constructor(form, { rows, senders }) {
    Object.assign(this, { form, rows, senders, name: keptName(form.dataset.keep) });
    this.before = this.answers();
    this.offer();
    form.addEventListener('input', () => this.soon());
    form.addEventListener('change', () => this.soon());
    form.addEventListener('submit', (event) => {
      this.save();
      // Another listener may still hold the form back; then nothing has been sent.
      setTimeout(() => event.defaultPrevented || noteSent(this.name));
    });
    // A phone may drop the page the moment another app comes to the front.
    addEventListener('pagehide', () => this.timer && this.save());
    document.addEventListener('visibilitychange', () => document.hidden && this.timer && this.save());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  save() {
    clearTimeout(this.timer);
    this.timer = null;
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: new Date().toISOString(), answers: this.answers() }));
    } catch { /* a full or forbidden store only costs the convenience */ }
  }

  /** What is in the form now, as [name, value] pairs; files go their own way. */
  answers() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === 'string' && !NEVER_KEPT.includes(name));
  }

  /** Puts kept typing back and says so, with a way to have the office's own instead. */
  offer() {
    const kept = this.read();
    if (!kept || same(kept.answers, this.before)) return;
    this.fill(kept.answers);
    const bar = document.createElement('div');
    bar.className = 'said said-note kept';
    bar.setAttribute('role', 'status');
    const words = document.createElement('span');
    words.textContent = `已恢复您 ${moment(kept.at)} 填写但未提交的内容。`;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain';
    button.textContent = '不要这些，重新填写';
    button.addEventListener('click', () => {
      localStorage.removeItem(this.name);
      location.reload();
    });
    bar.append(words, button);
    this.form.prepend(bar);
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name));
    } catch {
      return null;
    }
  }

  fill(answers) {
    const byName = new Map();
    for (const [name, value] of answers) byName.set(name, [...(byName.get(name) ?? []), value]);
    this.rows.makeRoom([...byName.keys()]);
    for (const sender of this.senders) (byName.get(sender.field) ?? []).forEach((id) => sender.restore(id));
    for (const element of this.form.elements) {
      if (!element.name || NEVER_KEPT.includes(element.name)) continue;
      put(element, byName);
    }
    // Questions that hang on the restored answers must appear too.
    this.form.querySelector('[data-governs]')?.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

function put(element, byName) {
  const values = byName.get(element.name);
  if (['checkbox', 'radio'].includes(element.type)) element.checked = values?.includes(element.value) ?? false;
  else if (['file', 'submit', 'button', 'hidden'].includes(element.type) || !values) return;
  else if (element.multiple) [...element.options].forEach((option) => { option.selected = values.includes(option.value); });
  else element.value = values.shift() ?? element.value;
}

function same(one, other) {
  const order = (answers) => JSON.stringify(answers.filter(([, value]) => value !== '').map((pair) => pair.join('\u0000')).sort());
  return order(one) === order(other);
}

function moment(iso) {
  const at = new Date(iso);
  const two = (number) => String(number).padStart(2, '0');
  return `${at.getMonth() + 1}月${at.getDate()}日 ${two(at.getHours())}:${two(at.getMinutes())}`;
}
