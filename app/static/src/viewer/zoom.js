// How much of the diagram is seen: buttons, and a first view in which the words can be read.
const READABLE = 0.9;

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
  if (canvas.zoom() < READABLE && here) begin(canvas, here);
}

/** Shows an element in the middle, at a size that can be read. */
function begin(canvas, { x, y, width, height }) {
  const { outer } = canvas.viewbox();
  const [across, down] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({ x: x + width / 2 - across / 2, y: y + height / 2 - down / 2, width: across, height: down });
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
