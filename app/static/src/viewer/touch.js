// Fingers: one moves the diagram sideways (up and down still scrolls the page), two move and zoom it.

/** Lets fingers handle the diagram; the mouse is bpmn-js's own. */
export function handle(viewer, place) {
  const canvas = viewer.get('canvas');
  const fingers = new Map();
  place.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') fingers.set(event.pointerId, spot(event));
  });
  place.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = gather(fingers);
    fingers.set(event.pointerId, spot(event));
    const after = gather(fingers);
    canvas.scroll({ dx: after.x - before.x, dy: after.y - before.y });
    if (fingers.size > 1 && before.spread > 0) pinch(canvas, place, after, after.spread / before.spread);
  });
  for (const kind of ['pointerup', 'pointercancel']) {
    addEventListener(kind, (event) => fingers.delete(event.pointerId));
  }
}

function pinch(canvas, place, at, factor) {
  const box = place.getBoundingClientRect();
  canvas.zoom(Math.min(3, Math.max(0.15, canvas.zoom() * factor)), { x: at.x - box.left, y: at.y - box.top });
}

function spot({ clientX, clientY }) {
  return { x: clientX, y: clientY };
}

/** Where the fingers are together, and how far apart. */
function gather(fingers) {
  const [first, second = first] = [...fingers.values()];
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    spread: Math.hypot(first.x - second.x, first.y - second.y),
  };
}
