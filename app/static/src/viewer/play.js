// A walk played on the diagram: a marker moves through what the engine passed, one press at a time.

/** Lets the buttons of the page move through the walk; ids the diagram does not know were left out before. */
export function play(viewer, { walk = [], standing = [] }, place) {
  const bar = place.ownerDocument.querySelector('[data-play]');
  if (!bar || !walk.length) return;
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  const stops = walk.filter(({ shape }) => known.get(shape));
  const words = bar.querySelector('[data-play-words]');
  let at = 0;

  function go(to) {
    at = Math.max(0, Math.min(stops.length - 1, to));
    for (const { shape } of stops) canvas.removeMarker(shape, 'is-passed'), canvas.removeMarker(shape, 'is-token');
    for (const { shape } of stops.slice(0, at)) canvas.addMarker(shape, 'is-passed');
    const { shape, words: said } = stops[at];
    canvas.removeMarker(shape, 'is-passed');
    canvas.addMarker(shape, 'is-token');
    for (const each of standing) {
      if (known.get(each)) canvas[at === stops.length - 1 ? 'addMarker' : 'removeMarker'](each, 'is-current');
    }
    canvas.scrollToElement(shape, 60);
    words.textContent = `${at + 1} / ${stops.length}　${said}`;
  }

  const press = (name, move) => bar.querySelector(`[data-play-${name}]`).addEventListener('click', move);
  press('on', () => go(at + 1));
  press('back', () => go(at - 1));
  press('start', () => go(0));
  go(0);
}
