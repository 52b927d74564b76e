// Under the diagram: what was tapped, how it stands, and the words of the source behind it.

/** Shows the note of an element when it is tapped. */
export function explain(viewer, { elements = {} }, place) {
  const note = place.parentElement.querySelector('[data-diagram-note] .panel-body');
  const canvas = viewer.get('canvas');
  let chosen = null;
  viewer.get('eventBus').on('element.click', ({ element }) => {
    const target = element.labelTarget ?? element;
    const known = elements[target.id] ?? { name: target.businessObject?.name };
    if (!note || !known.name) return;
    if (chosen) canvas.removeMarker(chosen, 'is-chosen');
    canvas.addMarker(chosen = target.id, 'is-chosen');
    note.classList.remove('muted');
    note.textContent = '';
    note.append(...describe(known));
  });
}

function describe({ name, words, quote, source, origin }) {
  const parts = [make('h3', name)];
  if (words) parts.push(make('p', words));
  if (quote) {
    const block = make('blockquote', quote);
    if (source) block.append(make('cite', `——${source}`));
    const box = make('div', '', 'clause');
    box.append(block);
    parts.push(box);
  }
  if (origin === 'default') parts.push(make('p', '文件未作具体规定，按本地设定的参数办理。', 'muted small'));
  return parts;
}

function make(kind, words, className = '') {
  const element = document.createElement(kind);
  element.textContent = words;
  element.className = className;
  return element;
}
