// How much of the diagram is seen: buttons, and a first view in which the words can be read.
const READABLE = 0.9;
const WIDE = 900;
const EDGE = 24;

/** Adds 放大, 缩小 and 全图, and chooses the first view. */
export function zoomBar(viewer, place, { current = [] }) {
  const canvas = viewer.get('canvas');
  const bar = document.createElement('div');
  bar.className = 'diagram-zoom';
  bar.append(
    button('＋', '放大', () => step(canvas, 1.25)),
    button('－', '缩小', () => step(canvas, 0.8)),
    button('全图', '显示全图', () => canvas.zoom('fit-viewport', 'auto')),
  );
  place.append(bar);
  canvas.zoom('fit-viewport', 'auto');
  const known = viewer.get('elementRegistry');
  const here = known.get(current[0]) ?? known.find((element) => element.type === 'bpmn:StartEvent');
  // A whole county procedure shrunk to a phone's width shows nothing; begin where the case stands.
  // On a wide screen a case that has ended is looked at as a whole.
  const whole = current.length === 0 && canvas.viewbox().outer.width >= WIDE;
  if (canvas.zoom() < READABLE && here && !whole) begin(canvas, here);
}

/** Shows an element in the middle, at a size that can be read. */
function begin(canvas, { x, y, width, height }) {
  const { outer, inner } = canvas.viewbox();
  const [across, down] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({
    x: within(x + width / 2 - across / 2, inner.x, inner.width, across),
    y: within(y + height / 2 - down / 2, inner.y, inner.height, down),
    width: across,
    height: down,
  });
}

/** Keeps the view on the drawing: no empty paper beyond its edges while there is more to see. */
function within(start, from, length, seen) {
  return Math.max(from - EDGE, Math.min(start, from + length + EDGE - seen));
}

function step(canvas, factor) {
  canvas.zoom(Math.min(3, Math.max(0.15, canvas.zoom() * factor)));
}

function button(words, label, press) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'btn btn-plain';
  element.textContent = words;
  element.setAttribute('aria-label', label);
  element.addEventListener('click', press);
  return element;
}
