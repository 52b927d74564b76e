// Questions that depend on answers: the office says which ones apply now, typing stays untouched.
import { csrfToken } from '../base/page.js';

const PAUSE = 250;

/** Asks form[data-refresh] again whenever a governing answer changes. */
export class Conditions {
  constructor(form, rows) {
    Object.assign(this, { form, rows, turn: 0, away: new Map() });
    form.addEventListener('change', (event) => {
      if (!event.target.matches('[data-governs]')) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.refresh(), PAUSE);
    });
  }

  /** Fetches the fields that apply now. Without a network the form stays as it is; the office checks again on submit. */
  async refresh() {
    const turn = ++this.turn;
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    // The same address may also take the finished form: this says that nothing is finished yet.
    body.set('_refresh', '1');
    try {
      const headers = { 'X-CSRFToken': csrfToken(), 'X-Requested-With': 'fetch' };
      const reply = await fetch(this.form.dataset.refresh, { method: 'POST', body, headers, credentials: 'same-origin' });
      // A later change has already asked again: this answer is about a form that no longer exists.
      if (!reply.ok || turn !== this.turn) return;
      merge(this.form, this.away, new DOMParser().parseFromString(await reply.text(), 'text/html'));
      this.rows.groups().forEach((group) => this.rows.number(group));
    } catch { /* no network */ }
  }
}

/** Takes out the fields that no longer apply and puts in those that newly do, with what was typed in them before. */
function merge(form, away, fresh) {
  const wanted = new Map([...fresh.querySelectorAll('[data-field]')].map((field) => [field.dataset.field, field]));
  // An answer naming no field at all is not a form (a sign-in page, say); leave everything alone.
  if (!wanted.size) return;
  for (const field of form.querySelectorAll('[data-field]')) {
    const path = field.dataset.field;
    const state = wanted.get(path);
    if (state) follow(field, state);
    else {
      // Rows change their numbers, so only fields outside rows can be known again.
      if (!/\d/.test(path)) away.set(path, field);
      field.remove();
    }
  }
  for (const [path, field] of wanted) if (!find(form, path)) insert(form, field, away.get(path));
}

/** Whether a field shows and whether it must be answered may change; what stands in it may not. */
function follow(field, state) {
  field.hidden = state.hidden;
  const [mine, fresh] = [field, state].map((one) => one.querySelector('.form-label, legend, .choice span'));
  const [had, has] = [mine, fresh].map((label) => label?.querySelector('.required'));
  if (had && !has) had.remove();
  if (!had && has) mine?.append(document.importNode(has, true));
  const [control, model] = [field, state].map((one) => one.querySelector('input:not([type=hidden]), select, textarea, fieldset'));
  if (model?.hasAttribute('aria-required')) control?.setAttribute('aria-required', 'true');
  else control?.removeAttribute('aria-required');
}

function find(form, path) {
  return [...form.querySelectorAll('[data-field]')].find((field) => field.dataset.field === path);
}

/** Puts a field in; a new one may hold a place for photos that must wake. */
function insert(form, field, known) {
  const own = known ?? document.importNode(field, true);
  settle(form, field, own);
  if (!known) own.dispatchEvent(new Event('fresh', { bubbles: true }));
}

/** Finds the place the office has it in: after the neighbour both sides know, or before the one that follows. */
function settle(form, field, own) {
  for (let before = field.previousElementSibling; before; before = before.previousElementSibling) {
    const neighbour = before.dataset.field && find(form, before.dataset.field);
    if (neighbour) return neighbour.after(own);
  }
  for (let after = field.nextElementSibling; after; after = after.nextElementSibling) {
    const neighbour = after.dataset.field && find(form, after.dataset.field);
    if (neighbour) return neighbour.before(own);
  }
  return form.querySelector('[data-fields]')?.append(own);
}
