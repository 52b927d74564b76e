// One press, one request: a form on its way cannot be sent again until something comes back.
import { say } from './page.js';

// A reply that is a download never leaves the page, so the guard lifts by itself after a while;
// the server tells a repeated request apart anyway.
const PATIENCE = 20_000;

// After so long people wonder whether their press was felt.
const SLOW = 4_000;

/** Holds back the second press of every form that changes something. */
export function guardSubmits(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // Others may still hold the form back (a photo on its way), so look once all have spoken.
    setTimeout(() => {
      if (!event.defaultPrevented) lock(form, event.submitter);
    });
  }, true);
  root.addEventListener('htmx:afterRequest', (event) => release(event.target.closest('form')));
  // Back from the next page: the browser shows the old page as it was left, locked.
  addEventListener('pageshow', (event) => {
    if (event.persisted) root.querySelectorAll('form[data-sent]').forEach(release);
  });
}

function lock(form, submitter) {
  form.dataset.sent = '1';
  buttons(form).forEach((button) => button.setAttribute('aria-disabled', 'true'));
  submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => form.dataset.sent && say('网络较慢，正在提交，请稍候，不用再按。'), SLOW);
  setTimeout(() => release(form), PATIENCE);
}

function release(form) {
  if (!form) return;
  delete form.dataset.sent;
  buttons(form).forEach((button) => {
    button.removeAttribute('aria-disabled');
    button.removeAttribute('aria-busy');
  });
}

function buttons(form) {
  return [...form.elements].filter((element) => element.type === 'submit');
}
