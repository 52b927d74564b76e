// Saves by itself a moment after each change; what somebody else saved in between is never written over.
const REST = 1200;
const LONGEST = 30000;
const DIAGRAM = 'process.bpmn';

/** The unsaved part of an amendment: changed files wait here until the server has them. */
export class Saving {
  constructor(place, texts, revision) {
    this.place = place;
    this.texts = texts;
    this.revision = revision;
    this.waiting = new Map();
    this.pause = REST;
    this.status = place.querySelector('[data-status]');
    this.warning = place.querySelector('[data-warning]');
    this.listeners = [];
    this.say('已保存');
    addEventListener('online', () => this.waiting.size && this.save());
    addEventListener('beforeunload', (event) => {
      // What stands typed in a field counts as entered when the field is left.
      document.activeElement?.blur();
      if (this.waiting.size) event.preventDefault();
    });
  }

  /** Called with the changes once they have come to rest, saved or not. */
  onRest(listener) {
    this.listeners.push(listener);
  }

  /** Notes that a file changed; of the diagram the text is taken when it is saved. */
  change(name = DIAGRAM, text = null) {
    this.waiting.set(name, text);
    if (this.overtaken) return;
    this.say('未保存');
    this.later(REST);
  }

  /** A file's text as it will be saved, or as the server has it. */
  async text(name) {
    if (this.waiting.get(name)) return this.waiting.get(name);
    const reply = await fetch(`${this.place.dataset.files}/${name}`, { credentials: 'same-origin' });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.text();
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** The changed files with their texts. */
  async changes() {
    const changes = Object.fromEntries(this.waiting);
    if (this.waiting.has(DIAGRAM)) changes[DIAGRAM] = await this.texts();
    return changes;
  }

  async save() {
    if (this.saving || this.overtaken || !this.waiting.size) return;
    this.saving = true;
    clearTimeout(this.timer);
    const sent = new Map(this.waiting);
    const changes = await this.changes();
    this.waiting.clear();
    this.say('正在保存……');
    const failed = await this.send(changes);
    this.saving = false;
    if (failed) {
      for (const [name, text] of sent) if (!this.waiting.has(name)) this.waiting.set(name, text);
      this.failed(failed);
    } else if (this.waiting.size) this.later(REST);
    for (const listener of this.listeners) listener(changes);
  }

  async send(changes) {
    try {
      const reply = await post(this.place.dataset.files, { revision: this.revision, changes });
      const told = await reply.json().catch(() => ({}));
      if (!reply.ok) return { ...told, status: reply.status };
      this.revision = told.revision;
      this.pause = REST;
      this.say(`已保存 ${clock(told.saved_at)}`);
      return null;
    } catch {
      return { status: 0, detail: '网络断开，正在重试' };
    }
  }

  failed({ status, code, detail }) {
    if (status === 409 && code === 'amendment.overtaken') return this.stop(detail);
    const why = status === 401 ? '登录已过期，请在新窗口登录，本页会接着保存' : detail || `服务器没有收下（${status}）`;
    this.say(`未保存：${why}`, true);
    this.pause = Math.min(LONGEST, this.pause * 2);
    return this.later(this.pause);
  }

  /** Somebody else was first: say who, and offer what keeps both versions. */
  stop(detail) {
    this.overtaken = true;
    this.say('未保存：已有人先保存', true);
    this.warning.hidden = false;
    this.warning.setAttribute('role', 'alert');
    const words = document.createElement('span');
    words.textContent = detail;
    const own = button('下载我的这一份', async () => download('我的流程图.bpmn', await this.texts(), 'application/xml'));
    const anew = button('刷新，看对方的', () => {
      this.waiting.clear();
      location.reload();
    });
    this.warning.replaceChildren(words, own, anew);
  }

  say(words, problem = false) {
    this.status.textContent = words;
    this.status.classList.toggle('is-problem', problem);
  }
}

/** Sends JSON with what the server asks of requests from its own pages. */
export function post(url, content) {
  return fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content,
    },
    body: JSON.stringify(content),
  });
}

/** Hands a file to the person. */
export function download(name, content, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function button(words, press) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'btn btn-plain';
  made.textContent = words;
  made.addEventListener('click', press);
  return made;
}

function clock(moment) {
  return new Date(moment).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });
}
