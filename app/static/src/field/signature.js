// A name written by hand on the screen becomes a picture and goes the way of the photos.
import SignaturePad from 'signature_pad';
import { freshKey, send, Unwanted } from './sending.js';
import { answer, tile } from './tile.js';
import { typedName } from './typed.js';

const WRITTEN = '签名';
/** What the picture of a typed name is called, so that no list and no paper takes it for handwriting. */
const TYPED = '签名（键入确认，未手写）';

/** Runs one [data-signature] place: the canvas takes the place of the file field. */
export class Signature {
  constructor(form, place) {
    Object.assign(this, { form, place, field: place.dataset.signature, url: place.dataset.url || '/attachments' });
    this.canvas = place.querySelector('canvas');
    this.ways = place.querySelector('[data-signature-ways]');
    this.tiles = place.querySelector('.thumbs') ?? place.insertBefore(document.createElement('ul'), this.canvas);
    this.tiles.className = 'thumbs';
    this.said = document.createElement('div');
    this.said.className = 'upload-said';
    this.said.setAttribute('role', 'status');
    place.append(this.said);
    this.canvas.hidden = this.ways.hidden = false;
    const file = place.querySelector('input[type=file]');
    if (file) file.hidden = file.disabled = true;
    this.pad = new SignaturePad(this.canvas, { minWidth: 1, maxWidth: 3.2, penColor: '#101820', backgroundColor: '#ffffff' });
    this.pad.addEventListener('endStroke', () => { this.key = freshKey(); });
    this.ways.querySelector('[data-signature-clear]').addEventListener('click', () => this.clear());
    this.ways.querySelector('[data-signature-undo]').addEventListener('click', () => this.undo());
    typedName(place, (blob) => this.deliver(blob, TYPED, freshKey()));
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
    const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    return this.deliver(blob, WRITTEN, this.key ?? freshKey());
  }

  /** Sends one picture of a name under what it is called, and shows it in place of the one before. */
  async deliver(blob, name, key) {
    try {
      const kept = await send(this.url, blob, `${name}.png`, key);
      this.restore(kept.id, name);
      return true;
    } catch (problem) {
      this.said.textContent = problem instanceof Unwanted ? problem.message : '网络不通，签名还没有传出，请不要关闭本页，联网后再提交。';
      this.place.scrollIntoView({ block: 'center' });
      return false;
    }
  }

  /** Shows a signature the office already has. */
  restore(id, name = WRITTEN) {
    const href = `${this.url}/${id}`;
    const item = tile({ name, href, isPicture: true }, () => this.changed());
    answer(item, this.field, id, href);
    this.tiles.textContent = '';
    this.tiles.append(item);
    this.clear();
    this.changed();
  }

  /** Takes the last stroke away; strokes come from fingers, buttons from any keyboard. */
  undo() {
    this.pad.fromData(this.pad.toData().slice(0, -1));
    this.key = freshKey();
  }

  changed() {
    this.form.dispatchEvent(new Event('input', { bubbles: true }));
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
