// Marks on the diagram: passed and current, or come, gone, changed and moved, or walked, as classes that viewer.css colours.
const WORDS = { added: '新增', removed: '删去', changed: '修改', moved: '移位' };

/** Marks the elements and flows named in the state; names the diagram does not know are passed over. */
export function draw(viewer, { passed = [], current = [], marks = {}, heat = {}, coverage = {} }) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  for (const [id, kind] of Object.entries(marks)) {
    if (!known.get(id)) continue;
    canvas.addMarker(id, `is-${kind}`);
    if (!known.get(id).waypoints) say(viewer, id, WORDS[kind], `diagram-${kind}`);
  }
  for (const [id, { words, much }] of Object.entries(heat)) {
    if (!known.get(id)) continue;
    canvas.addMarker(id, `is-heat-${much}`);
    say(viewer, id, words, 'diagram-heat');
  }
  for (const [id, times] of Object.entries(coverage)) {
    if (!known.get(id)) continue;
    canvas.addMarker(id, times ? 'is-passed' : 'is-missed');
    if (!known.get(id).waypoints) say(viewer, id, times ? `${times} 次` : '未走到', times ? 'diagram-added' : 'diagram-removed');
  }
  for (const id of passed) if (known.get(id)) canvas.addMarker(id, 'is-passed');
  for (const id of current) {
    if (!known.get(id)) continue;
    // A second round passes through what it passed before; where it stands now counts.
    canvas.removeMarker(id, 'is-passed');
    canvas.addMarker(id, 'is-current');
    say(viewer, id, '当前', 'diagram-current');
  }
}

function say(viewer, id, text, look) {
  const words = document.createElement('span');
  words.className = `diagram-here ${look}`;
  words.textContent = text;
  viewer.get('overlays').add(id, { position: { top: -24, left: 0 }, html: words });
}
