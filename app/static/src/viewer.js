// A diagram: the way a case took, or what changes between two versions, and the clause behind each element.
import Viewer from 'bpmn-js/lib/NavigatedViewer.js';
import { draw } from './viewer/marks.js';
import { explain } from './viewer/note.js';
import { pair } from './viewer/pair.js';
import { play } from './viewer/play.js';
import { handle } from './viewer/touch.js';
import { zoomBar } from './viewer/zoom.js';

document.querySelectorAll('[data-diagram]').forEach(show);

/** Opens one diagram in its place on the page. */
async function show(place) {
  try {
    const [xml, said] = await Promise.all([text(place.dataset.xml), state(place)]);
    place.querySelector('.diagram-said')?.remove();
    const viewer = new Viewer({ container: place });
    await viewer.importXML(xml);
    draw(viewer, said);
    explain(viewer, said, place);
    zoomBar(viewer, place, said);
    handle(viewer, place);
    pair(viewer, place);
    play(viewer, said, place);
    place.dataset.ready = '1';
  } catch {
    place.innerHTML = '<div class="diagram-said">流程图没有打开，请检查网络后刷新本页。流转记录不受影响。</div>';
  }
}

async function state({ dataset }) {
  return JSON.parse(dataset.said ?? await text(dataset.state));
}

async function text(url) {
  const reply = await fetch(url, { credentials: 'same-origin' });
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.text();
}
