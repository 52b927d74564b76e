// What settings are put together from: labelled fields that tell what was entered, and say what is wrong beside them.
let counted = 0;
const IDLE = 700;

/** Whether what changes just now was entered in a field, which shows it already. */
export const entering = { now: false };

function entered(enter) {
  return (value) => {
    entering.now = true;
    try {
      return enter(value);
    } finally {
      entering.now = false;
    }
  };
}

/** An element with a class and words. */
export function make(kind, className = '', words = '') {
  const element = document.createElement(kind);
  if (className) element.className = className;
  if (words) element.textContent = words;
  return element;
}

function labelled(label, control, hint) {
  counted += 1;
  const field = make('div', 'designer-field');
  const name = make('label', '', label);
  control.id = `setting-${counted}`;
  name.htmlFor = control.id;
  field.append(name, control);
  if (hint) {
    const words = make('div', 'muted', hint);
    words.id = `${control.id}-hint`;
    control.setAttribute('aria-describedby', words.id);
    field.append(words);
  }
  return field;
}

/** A line or box of text; `enter` hears it when typing rests or the field is left, and may answer with a complaint. */
export function text(label, value, enter, { hint = '', rows = 0, key = label, placeholder = '', list } = {}) {
  const control = make(rows ? 'textarea' : 'input', 'form-control');
  if (rows) control.rows = rows;
  else control.type = 'text';
  control.value = value ?? '';
  control.dataset.key = key;
  control.placeholder = placeholder;
  control.spellcheck = false;
  if (list) control.setAttribute('list', list);
  const field = labelled(label, control, hint);
  const wrong = make('div', 'designer-wrong');
  wrong.setAttribute('role', 'alert');
  let timer;
  let last = control.value;
  const settle = () => {
    clearTimeout(timer);
    if (control.value === last) return;
    last = control.value;
    wrong.textContent = entered(enter)(control.value.trim()) || '';
    if (wrong.textContent) field.append(wrong);
    else wrong.remove();
    control.setAttribute('aria-invalid', String(Boolean(wrong.textContent)));
  };
  control.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(settle, IDLE);
  });
  control.addEventListener('change', settle);
  return field;
}

/** A choice among `options`: [value, words] pairs, or [group, pairs]. A value that is not among them is kept. */
export function choice(label, value, options, enter, { hint = '', key = label } = {}) {
  const control = make('select', 'form-select');
  control.dataset.key = key;
  const known = new Set();
  const option = ([code, words]) => {
    known.add(code);
    return new Option(words, code);
  };
  for (const [head, rest] of options) {
    if (Array.isArray(rest)) {
      const group = make('optgroup');
      group.label = head;
      group.append(...rest.map(option));
      control.append(group);
    } else control.append(option([head, rest]));
  }
  if (!known.has(value ?? '')) control.append(new Option(value || '（未选）', value ?? ''));
  control.value = value ?? '';
  control.addEventListener('change', () => entered(enter)(control.value));
  return labelled(label, control, hint);
}

/** A tick. */
export function tick(label, value, enter, { key = label } = {}) {
  const field = make('label', 'designer-tick');
  const control = make('input', 'form-check-input');
  control.type = 'checkbox';
  control.checked = value;
  control.dataset.key = key;
  control.addEventListener('change', () => entered(enter)(control.checked));
  field.append(control, make('span', '', label));
  return field;
}

/** A plain button. */
export function button(words, press, { className = 'btn btn-plain', label } = {}) {
  const made = make('button', className, words);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', press);
  return made;
}

/** A heading with what belongs under it. */
export function section(title, ...content) {
  const part = make('section', 'designer-section');
  part.append(make('h2', '', title), ...content.filter(Boolean));
  return part;
}

/** Words to read. */
export function note(words) {
  return make('p', 'muted', words);
}
