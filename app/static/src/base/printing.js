// A print button is only there when script can press it; on paper nothing can be unfolded any more.

/** Shows and wires the print buttons; unfolds the clauses for as long as it prints. */
export function printing(root) {
  root.documentElement.classList.add('scripted');
  root.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-print]')) window.print();
  });
  let unfolded = [];
  addEventListener('beforeprint', () => {
    unfolded = [...root.querySelectorAll('details.clause:not([open])')];
    unfolded.forEach((clause) => { clause.open = true; });
  });
  addEventListener('afterprint', () => unfolded.forEach((clause) => { clause.open = false; }));
}
