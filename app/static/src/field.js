// Pages where something is filled in: photos, signature, repeating rows, questions that depend
// on answers, and typing that survives a lost network. Everything works without it, only slower.
import { Conditions } from './field/conditions.js';
import { Corrections } from './field/corrections.js';
import { Keeper } from './field/keeper.js';
import { phrases } from './field/phrases.js';
import { Rows } from './field/rows.js';
import { searchable } from './field/search.js';
import { Signature } from './field/signature.js';
import { Uploads } from './field/uploads.js';

let pressed = null;
// The oldest browsers do not say which button sent a form.
document.addEventListener('click', (event) => {
  pressed = event.target instanceof Element ? event.target.closest('button, input[type=submit]') : null;
}, true);

document.querySelectorAll('form[method=post]').forEach(enliven);

/** Gives one form what it asks for in its data attributes. */
function enliven(form) {
  const senders = [];
  const wake = (root) => {
    root.querySelectorAll('[data-upload]').forEach((place) => senders.push(new Uploads(form, place)));
    root.querySelectorAll('select[data-search]').forEach(searchable);
    phrases(root);
    root.querySelectorAll('[data-signature]').forEach((place) => senders.push(new Signature(form, place)));
  };
  wake(form);
  form.addEventListener('fresh', (event) => wake(event.target));
  const rows = new Rows(form);
  if (form.dataset.refresh) new Conditions(form, rows);
  if (form.dataset.keep) new Keeper(form, { rows, senders });
  if (form.querySelector('[data-fields]')) new Corrections(form);
  holdUntilSent(form, senders);
}

/** A form waits for its pictures: pressed early, it goes off by itself once the last one is there. */
function holdUntilSent(form, senders) {
  let waiting = false;
  form.addEventListener('submit', async (event) => {
    const button = event.submitter ?? (pressed?.form === form ? pressed : null);
    if (event.defaultPrevented || senders.every((sender) => sender.settled())) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    button?.setAttribute('aria-busy', 'true');
    const arrived = await Promise.all(senders.map((sender) => sender.finish()));
    button?.removeAttribute('aria-busy');
    waiting = false;
    if (!arrived.every(Boolean)) return;
    if (button) button.click();
    else form.submit();
  });
}
