// Marks on the diagram: passed and current, as classes that viewer.css colours.

/** Marks the elements and flows named in the state; names the diagram does not know are passed over. */
export function draw(viewer, { passed = [], current = [] }) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  for (const id of passed) if (known.get(id)) canvas.addMarker(id, 'is-passed');
  for (const id of current) {
    if (!known.get(id)) continue;
    // A second round passes through what it passed before; where it stands now counts.
    canvas.removeMarker(id, 'is-passed');
    canvas.addMarker(id, 'is-current');
    const words = document.createElement('span');
    words.className = 'diagram-here';
    words.textContent = '当前';
    viewer.get('overlays').add(id, { position: { top: -24, left: 0 }, html: words });
  }
}
