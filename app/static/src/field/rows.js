// Rows that repeat (household members): added from the template, taken out, and numbered again.

/** Runs every [data-rows] group of a form. */
export class Rows {
  constructor(form) {
    this.form = form;
    form.addEventListener('click', (event) => {
      const button = event.target.closest('[data-row-add], [data-row-remove]');
      const group = button?.closest('[data-rows]');
      if (!group) return;
      event.preventDefault();
      if (button.hasAttribute('data-row-add')) this.add(group)?.querySelector('input, select, textarea')?.focus();
      else this.remove(group, button.closest('[data-row]'));
    });
    this.groups().forEach((group) => this.number(group));
  }

  /** Gives the groups of the form, the inner ones too. */
  groups() {
    return [...this.form.querySelectorAll('[data-rows]')];
  }

  /** Adds an empty row and gives it, or nothing when there are as many as may be. */
  add(group) {
    const rows = rowsOf(group);
    const template = group.querySelector(':scope > template[data-row-template]');
    if (!template || rows.length >= (Number(group.dataset.max) || Infinity)) return null;
    const copy = template.content.cloneNode(true);
    const row = copy.querySelector('[data-row]');
    renumber(row, '__index__', rows.length);
    template.before(copy);
    this.number(group);
    row.dispatchEvent(new Event('fresh', { bubbles: true }));
    this.tell();
    return row;
  }

  /** Adds rows until kept answers such as members.3.name find their place. */
  makeRoom(names) {
    for (const group of this.groups()) {
      const start = `${group.dataset.rows}.`;
      const highest = names.filter((name) => name.startsWith(start)).map((name) => Number(name.slice(start.length).split('.')[0]));
      while (rowsOf(group).length <= Math.max(-1, ...highest) && this.add(group));
    }
  }

  remove(group, row) {
    const next = row.nextElementSibling?.matches('[data-row]') ? row.nextElementSibling : row.previousElementSibling;
    row.remove();
    rowsOf(group).forEach((left, index) => renumber(left, null, index, group.dataset.rows));
    this.number(group);
    this.tell();
    (next?.querySelector('input, select, textarea') ?? group.querySelector('[data-row-add]'))?.focus();
  }

  number(group) {
    const rows = rowsOf(group);
    rows.forEach((row, index) => row.querySelectorAll('[data-row-number]').forEach((place) => { place.textContent = index + 1; }));
    const add = group.querySelector(':scope > [data-row-add]');
    if (add) add.hidden = rows.length >= (Number(group.dataset.max) || Infinity);
    group.querySelectorAll('[data-row-remove]').forEach((button) => { button.hidden = rows.length <= (Number(group.dataset.min) || 0); });
  }

  tell() {
    this.form.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

const ATTRIBUTES = ['name', 'id', 'for', 'value', 'data-field', 'data-upload', 'data-signature', 'aria-describedby', 'aria-labelledby'];

function rowsOf(group) {
  return [...group.querySelectorAll(':scope > [data-row]')];
}

/** Puts the row's number into every attribute that carries it; names and ids join their parts with "." or "-". */
function renumber(row, placeholder, index, group) {
  const old = placeholder ? new RegExp(placeholder, 'g') : new RegExp(`(^|\\s)((?:[\\w-]*[.-])?${group}[.-])\\d+(?=[.-]|\\s|$)`, 'g');
  const fresh = placeholder ? String(index) : `$1$2${index}`;
  for (const element of [row, ...row.querySelectorAll('*')]) {
    for (const attribute of ATTRIBUTES) {
      const value = element.getAttribute(attribute);
      // What a person typed is a property, not an attribute; only buttons carry numbers as values.
      if (!value || (attribute === 'value' && element.localName !== 'button')) continue;
      element.setAttribute(attribute, value.replace(old, fresh));
    }
  }
}
