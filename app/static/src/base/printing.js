// A print button is only there when script can press it.

/** Shows and wires the print buttons. */
export function printing(root) {
  root.documentElement.classList.add('scripted');
  root.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-print]')) window.print();
  });
}
