// The list of what is wrong with a form takes the focus, and each line leads to its field.

/** Moves the reader to the error summary, and from a line in it to the field. */
export function summaries(root) {
  root.querySelector('.error-summary')?.focus();
  root.addEventListener('htmx:afterSwap', () => root.querySelector('.error-summary')?.focus());
  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('.error-summary a[href^="#"]');
    if (!link) return;
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: 'center' });
    const control = field.matches('input, select, textarea') ? field : field.querySelector('input, select, textarea, button');
    control?.focus({ preventScroll: true });
  });
}
