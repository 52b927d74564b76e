// Lists: the whole row opens the item, a changed filter applies at once, and the way back
// leads to the list as it was left.
import { searchable } from '../field/search.js';

const LAST_LIST = 'last-list';

/** Gives lists their comforts; each works without them through the link and the button inside. */
export function lists(root) {
  root.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || event.target.closest('a, button, input, label, select, summary')) return;
    const row = event.target.closest('tr[data-href]');
    if (row && !String(getSelection())) location.assign(row.dataset.href);
  });
  root.addEventListener('change', (event) => {
    if (event.target.matches('form[data-filters] select')) event.target.form.requestSubmit();
  });
  root.querySelectorAll('form[data-filters] select[data-search]').forEach(searchable);
  if (root.querySelector('[data-list]')) sessionStorage.setItem(LAST_LIST, location.pathname + location.search);
  const last = sessionStorage.getItem(LAST_LIST);
  root.querySelectorAll('a[data-back]').forEach((link) => {
    if (last?.split('?')[0] === new URL(link.href).pathname) link.href = last;
  });
}
