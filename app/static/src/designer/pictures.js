// The diagram as a file: BPMN, or a picture for papers and slides.
import { download } from './saving.js';

const SHARP = 2;
const MOST_PIXELS = 16_000_000;

/** Hands out the diagram in one of its forms. */
export async function handOut(modeler, kind, name) {
  if (kind === 'bpmn') {
    const { xml } = await modeler.saveXML({ format: true });
    download(`${name}.bpmn`, xml, 'application/xml');
    return;
  }
  const { svg } = await modeler.saveSVG();
  if (kind === 'svg') download(`${name}.svg`, svg, 'image/svg+xml');
  else download(`${name}.png`, await painted(svg), 'image/png');
}

async function painted(svg) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const [, , width, height] = /viewBox="([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+)"/.exec(svg).slice(1).map(Number);
  const scale = Math.min(SHARP, Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const paper = canvas.getContext('2d');
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}
