// A field that takes photos or files: shrinks, sends at once, retries, and remembers what is still waiting.
import { accountMark } from '../base/page.js';
import { freshKey, send, Unwanted } from './sending.js';
import { jpegName, shrink } from './shrink.js';
import { answer, mark, offerAgain, tile } from './tile.js';
import { keep, letGo, waitingFor } from './waiting.js';

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

/** Runs one [data-upload] place of a form. */
export class Uploads {
  constructor(form, place) {
    Object.assign(this, { form, place, field: place.dataset.upload, url: place.dataset.url || '/attachments' });
    this.most = Number(place.dataset.max) || Infinity;
    this.shelf = `${accountMark()}:${form.dataset.keep ?? form.action}:${this.field}`;
    this.open = new Map();
    this.pause = FIRST_PAUSE;
    this.input = place.querySelector('input[type=file]');
    this.dress();
    this.tiles = place.querySelector('.thumbs') ?? this.addTiles();
    this.said = this.addLine();
    this.input.addEventListener('change', () => this.take([...this.input.files]));
    place.addEventListener('click', (event) => this.drop(event));
    addEventListener('online', () => this.retry());
    this.recall();
  }

  /** A button with our own words in place of the browser's, for camera and album alike, several at a time. */
  dress() {
    const { input } = this;
    input.multiple = this.most > 1;
    input.removeAttribute('capture');
    input.id ||= `upload-${freshKey()}`;
    input.classList.add('visually-hidden');
    const button = document.createElement('label');
    button.className = 'btn upload-button';
    button.htmlFor = input.id;
    button.textContent = this.place.dataset.kind === 'image' ? '拍照或选择照片' : '选择文件';
    input.after(button);
  }

  /** True when nothing is on its way. */
  settled() {
    return this.open.size === 0;
  }

  /** Waits for what is on its way; false when some of it could not be sent now. */
  async finish() {
    this.retry();
    await Promise.all([...this.open.values()].map((picture) => picture.attempt));
    if (this.settled()) return true;
    this.tell(`还有 ${this.open.size} 个文件没有传完，已存在本机。网络恢复后会自动续传，传完再提交。`, true);
    this.place.scrollIntoView({ block: 'center' });
    return false;
  }

  /** Shows again, from kept typing, a file the office already has. */
  restore(id) {
    if (this.tiles.querySelector(`[data-attachment="${id}"]`)) return;
    const href = `${this.url}/${id}`;
    const item = tile({ name: '已上传', href, isPicture: this.place.dataset.kind === 'image' }, () => this.changed());
    answer(item, this.field, id, href);
    this.tiles.append(item);
  }

  async take(files) {
    // The ids go with the form; the file itself has its own way and must not go twice.
    this.input.value = '';
    this.tell('');
    const room = this.most - this.tiles.children.length;
    if (files.length > room) this.tell(`最多可传 ${this.most} 个，多出的没有添加。`, true);
    for (const file of files.slice(0, Math.max(0, room))) {
      const blob = await shrink(file);
      const picture = { key: freshKey(), place: this.shelf, name: jpegName(file.name, blob.type), blob };
      await keep(picture);
      this.show(picture);
    }
  }

  async recall() {
    for (const picture of await waitingFor(this.shelf)) this.show(picture);
  }

  show(picture) {
    const isPicture = picture.blob.type.startsWith('image/');
    const preview = URL.createObjectURL(picture.blob);
    picture.tile = tile({ name: picture.name, href: preview, isPicture }, () => this.forget(picture));
    this.tiles.append(picture.tile);
    this.open.set(picture.key, picture);
    picture.attempt = this.attempt(picture);
  }

  async attempt(picture) {
    mark(picture.tile, '上传中', 0);
    try {
      const kept = await send(this.url, picture.blob, picture.name, picture.key, (share) => mark(picture.tile, '上传中', share));
      if (!this.open.delete(picture.key)) return;
      mark(picture.tile, '');
      // A page that was left before it could let go sends the same file again under the same key.
      if (this.tiles.querySelector(`[data-attachment="${kept.id}"]`)) picture.tile.remove();
      else answer(picture.tile, this.field, kept.id, kept.href ?? `${this.url}/${kept.id}`);
      this.pause = FIRST_PAUSE;
      this.changed();
      await letGo(picture.key);
    } catch (problem) {
      await this.failed(picture, problem);
    }
  }

  async failed(picture, problem) {
    if (problem instanceof Unwanted) {
      this.forget(picture);
      picture.tile.remove();
      this.tell(`${picture.name}：${problem.message}`, true);
      return;
    }
    mark(picture.tile, '待上传');
    offerAgain(picture.tile, picture.name, () => this.retry());
    this.tell(problem.sentence ? `${problem.sentence}文件已存在本机，会自动重传。` : '网络不通，文件已存在本机，联网后自动上传，也可以按“重试”。');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
  }

  retry() {
    for (const picture of this.open.values()) {
      if (picture.tile.querySelector('progress')) continue;
      picture.attempt = this.attempt(picture);
    }
  }

  forget(picture) {
    this.open.delete(picture.key);
    letGo(picture.key);
    this.changed();
  }

  /** A tile the server drew: its button would post the form, here it only takes the tile out. */
  drop(event) {
    const button = event.target.closest('button[name="_drop"]');
    if (!button) return;
    event.preventDefault();
    button.closest('.thumb').remove();
    this.changed();
  }

  changed() {
    if (this.settled()) this.tell('');
    this.form.dispatchEvent(new Event('input', { bubbles: true }));
  }

  tell(words, isProblem = false) {
    this.said.textContent = words;
    this.said.classList.toggle('upload-problem', isProblem);
  }

  addTiles() {
    const list = document.createElement('ul');
    list.className = 'thumbs';
    this.place.prepend(list);
    return list;
  }

  addLine() {
    const line = document.createElement('div');
    line.className = 'upload-said';
    line.setAttribute('role', 'status');
    this.place.append(line);
    return line;
  }
}
