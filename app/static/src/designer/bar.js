// The bar above the diagram, and the keys that do the same from anywhere on the page.
import { handOut } from './pictures.js';

const [PALETTE, EDGE] = [110, 24];

/** Shows all of the diagram beside the palette, or of a large one, `least` large, its beginning. */
export function fit(canvas, least = 0) {
  const { inner, outer } = canvas.viewbox();
  const wide = (outer.width - PALETTE - EDGE) / inner.width;
  const scale = Math.max(least, Math.min(1, wide, (outer.height - 2 * EDGE) / inner.height));
  const [width, height] = [outer.width / scale, outer.height / scale];
  const spare = height > inner.height ? (height - inner.height) / 2 : EDGE / scale;
  canvas.viewbox({ x: inner.x - PALETTE / scale, y: inner.y - spare, width, height });
}

/** Brings the buttons to life. */
export function bar(modeler, place) {
  const [commands, canvas] = [modeler.get('commandStack'), modeler.get('canvas')];
  const buttons = Object.fromEntries([...place.querySelectorAll('[data-do]')].map((one) => [one.dataset.do, one]));
  const zoom = (factor) => canvas.zoom(Math.min(3, Math.max(0.2, canvas.zoom() * factor)));
  const deeds = {
    undo: () => commands.canUndo() && commands.undo(),
    redo: () => commands.canRedo() && commands.redo(),
    in: () => zoom(1.25),
    out: () => zoom(0.8),
    fit: () => fit(canvas),
  };
  for (const kind of ['bpmn', 'svg', 'png']) {
    deeds[kind] = () => {
      buttons[kind].closest('details').open = false;
      return handOut(modeler, kind, place.dataset.procedure);
    };
  }
  for (const [name, press] of Object.entries(deeds)) buttons[name].addEventListener('click', press);
  const ready = () => {
    buttons.undo.disabled = !commands.canUndo();
    buttons.redo.disabled = !commands.canRedo();
  };
  modeler.on('commandStack.changed', ready);
  addEventListener('keydown', (event) => keys(event, deeds));
}

function keys(event, { undo, redo }) {
  const { key, ctrlKey, metaKey, shiftKey, target } = event;
  const typing = target.closest('input, textarea, select, [contenteditable=true], .djs-container');
  if (!(ctrlKey || metaKey) || typing || event.defaultPrevented) return;
  const again = key === 'y' || (key.toLowerCase() === 'z' && shiftKey);
  if (!again && key !== 'z') return;
  event.preventDefault();
  if (again) redo();
  else undo();
}
