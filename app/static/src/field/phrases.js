// 常用意见: below each opinion a list of phrases; one tap puts a phrase where the cursor stands.
import { csrfToken } from '../base/page.js';

const OPINIONS = 'textarea[name="opinion"], textarea[name="reason"]';

/** Puts the page's phrases below every opinion of a form. */
export function phrases(root) {
  const template = document.querySelector('template[data-phrases]');
  if (!template) return;
  const places = [...root.querySelectorAll(OPINIONS)].filter((box) => !box.readOnly);
  for (const box of places) {
    const control = template.content.firstElementChild.cloneNode(true);
    box.after(control);
    wire(control, box, template.dataset.url);
  }
}

function wire(control, box, url) {
  const list = control.querySelector('details');
  control.addEventListener('click', (event) => {
    const phrase = event.target.closest('[data-phrase]');
    if (phrase) {
      insert(box, phrase.textContent);
      list.open = false;
      box.focus();
    }
    if (event.target.closest('[data-phrase-keep]')) keep(control, box, url);
  });
  control.addEventListener('keydown', (event) => move(event, list));
}

/** Arrow keys walk the phrases, Escape closes the list; Tab and Enter work as everywhere. */
function move(event, list) {
  if (event.key === 'Escape' && list.open) {
    list.open = false;
    list.querySelector('summary').focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !list.contains(event.target)) return;
  event.preventDefault();
  list.open = true;
  const all = [...list.querySelectorAll('[data-phrase]')];
  const now = all.indexOf(document.activeElement);
  all[Math.min(Math.max(now + step, 0), all.length - 1)]?.focus();
}

/** Puts words in place of what is selected, as typing would, so that they are kept and counted too. */
function insert(box, words) {
  box.setRangeText(words, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

async function keep(control, box, url) {
  const said = control.querySelector('.phrases-said');
  const text = chosen(box);
  try {
    const body = new FormData();
    body.set('text', text);
    const headers = { 'X-CSRFToken': csrfToken(), 'X-Requested-With': 'fetch' };
    const reply = await fetch(url, { method: 'POST', body, headers, credentials: 'same-origin' });
    const answer = await reply.json();
    if (reply.ok) document.querySelectorAll('.phrases').forEach((each) => add(each, answer.text));
    said.textContent = reply.ok ? '已存。' : answer.problem;
  } catch {
    said.textContent = '没有存上，请检查网络后再试。';
  }
}

/** What is marked in the box; all of it where nothing is. */
function chosen(box) {
  const marked = box.value.slice(box.selectionStart, box.selectionEnd).trim();
  return marked || box.value.trim();
}

function add(control, text) {
  const line = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'phrase';
  button.dataset.phrase = '';
  button.textContent = text;
  line.append(button);
  control.querySelector('[data-own]').append(line);
  control.querySelector('[data-own-heading]').hidden = false;
}
