// What is on file and answered otherwise: the reason is asked for as soon as the answer differs.

/** Shows the place for a reason beside each changed answer of one form, and hides it when the answer is back. */
export class Corrections {
  constructor(form) {
    Object.assign(this, { form, first: new Map() });
    form.addEventListener('input', () => this.look());
    form.addEventListener('change', () => this.look());
    form.addEventListener('fresh', () => this.look());
    this.look();
  }

  look() {
    for (const source of this.form.querySelectorAll('[data-on-file]')) {
      const field = source.closest('[data-field]');
      const place = field?.querySelector(':scope [data-correction]');
      if (!place) continue;
      const reason = place.querySelector('input');
      place.hidden = !this.differs(field, JSON.parse(source.dataset.onFile)) && !reason.value;
    }
  }

  /** Whether a field says something else than is on file; rows: than stood there when the page came. */
  differs(field, onFile) {
    const path = field.dataset.field;
    const rows = field.querySelector('[data-rows]');
    if (rows) {
      const now = JSON.stringify(said(rows));
      if (!this.first.has(path)) this.first.set(path, rows.closest('[data-field]').querySelector('[data-correction]').hidden ? now : null);
      return now !== this.first.get(path);
    }
    const now = said(field).filter(([name]) => name === path).map(([, value]) => value).filter(Boolean);
    return JSON.stringify(now.sort()) !== JSON.stringify([...onFile].sort());
  }
}

/** What stands in the controls inside a place, as a form would send it, without reasons and marks. */
function said(place) {
  return [...place.querySelectorAll('input, select, textarea')]
    .filter((one) => one.name && !one.name.startsWith('_') && one.type !== 'hidden')
    .filter((one) => !['checkbox', 'radio'].includes(one.type) || one.checked)
    .flatMap((one) => (one.multiple && one.selectedOptions ? [...one.selectedOptions].map((option) => [one.name, option.value]) : [[one.name, one.value.trim()]]));
}
