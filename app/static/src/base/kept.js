// Typing kept in this browser until the office has it. field.js writes; this lets go.
import { accountMark } from './page.js';

const SENT = 'kept-sent';
const DAYS = 14;
export const PREFIX = 'kept:';

/** The name under which a form's typing is kept, apart for each account. */
export function keptName(key) {
  return `${PREFIX}${accountMark()}:${key}`;
}

/** Notes that a form has been sent: the next settled page means it arrived. */
export function noteSent(name) {
  try {
    sessionStorage.setItem(SENT, name);
  } catch { /* a full or forbidden store only costs the convenience */ }
}

/** Lets go of what has arrived, of what is too old, and of everything when signing out. */
export function settleKept(root) {
  try {
    letGoOfSent(root);
    letGoOfOld();
  } catch { /* as above */ }
  root.addEventListener('submit', (event) => {
    if (event.target.matches('form[data-sign-out]')) forget(`${PREFIX}${accountMark()}:`);
  });
}

// An error page (never marked settled) or the sign-in page is not a sign of arrival.
function letGoOfSent(root) {
  const sent = sessionStorage.getItem(SENT);
  if (!sent || !document.body.hasAttribute('data-settled') || root.querySelector('input[type=password]')) return;
  const stillOpen = [...root.querySelectorAll('form[data-keep]')].some((form) => keptName(form.dataset.keep) === sent);
  sessionStorage.removeItem(SENT);
  if (!stillOpen) localStorage.removeItem(sent);
}

function letGoOfOld() {
  const oldest = Date.now() - DAYS * 86_400_000;
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const at = Date.parse(JSON.parse(localStorage.getItem(name) ?? '{}').at);
    if (!(at > oldest)) localStorage.removeItem(name);
  }
}

function forget(prefix) {
  Object.keys(localStorage).filter((name) => name.startsWith(prefix)).forEach((name) => localStorage.removeItem(name));
}
