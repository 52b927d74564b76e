// A name written by hand on the screen becomes a picture and goes the way of the photos.
import SignaturePad from 'signature_pad';
import { freshKey, send, Unwanted } from './sending.js';
import { answer, tile } from './tile.js';

/** Runs one [data-signature] place: the canvas takes the place of the file field. */
export class Signature {
  constructor(form, place) {
    Object.assign(this, { form, place, field: place.dataset.signature, url: place.dataset.url || '/attachments' });
    this.canvas = place.querySelector('canvas');
    this.again = place.querySelector('[data-signature-clear]');
    this.tiles = place.querySelector('.thumbs') ?? place.insertBefore(document.createElement('ul'), this.canvas);
    this.tiles.className = 'thumbs';
    this.said = document.createElement('div');
    this.said.className = 'upload-said';
    this.said.setAttribute('role', 'status');
    place.append(this.said);
    this.canvas.hidden = this.again.hidden = false;
    const file = place.querySelector('input[type=file]');
    if (file) file.hidden = file.disabled = true;
    this.pad = new SignaturePad(this.canvas, { minWidth: 1, maxWidth: 3.2, penColor: '#101820', backgroundColor: '#ffffff' });
    this.pad.addEventListener('endStroke', () => { this.key = freshKey(); });
    this.again.addEventListener('click', () => this.clear());
    place.addEventListener('click', (event) => this.drop(event));
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    this.fit();
  }

  /** True when there is nothing written that the office does not have. */
  settled() {
    return this.pad.isEmpty();
  }

  /** Sends what is written; false when it could not be sent now. */
  async finish() {
    if (this.settled()) return true;
    try {
      const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
      const kept = await send(this.url, blob, '签名.png', this.key ?? freshKey());
      this.restore(kept.id);
      return true;
    } catch (problem) {
      this.said.textContent = problem instanceof Unwanted ? problem.message : '网络不通，签名还没有传出，请不要关闭本页，联网后再提交。';
      this.place.scrollIntoView({ block: 'center' });
      return false;
    }
  }

  /** Shows a signature the office already has. */
  restore(id) {
    const href = `${this.url}/${id}`;
    const item = tile({ name: '签名', href, isPicture: true }, () => {});
    answer(item, this.field, id, href);
    this.tiles.textContent = '';
    this.tiles.append(item);
    this.clear();
  }

  clear() {
    this.pad.clear();
    this.said.textContent = '';
  }

  drop(event) {
    const button = event.target.closest('button[name="_drop"]');
    if (!button) return;
    event.preventDefault();
    button.closest('.thumb').remove();
  }

  /** A turned phone or a late layout changes the canvas; the strokes are drawn again at the new size. */
  fit() {
    const ratio = Math.max(devicePixelRatio || 1, 1);
    const [width, height] = [this.canvas.offsetWidth * ratio, this.canvas.offsetHeight * ratio];
    if (!width || (this.canvas.width === width && this.canvas.height === height)) return;
    const strokes = this.pad.toData();
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.getContext('2d').scale(ratio, ratio);
    this.pad.fromData(strokes);
  }
}
