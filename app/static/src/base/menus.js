// Menus are plain <details>; script only closes them when attention moves elsewhere.

/** Closes open menus on a click outside, on Escape, and when another one opens. */
export function menus(root) {
  root.addEventListener('click', (event) => {
    closeAll(root, event.target instanceof Element ? event.target.closest('details.menu') : null);
  });
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = root.querySelector('details.menu[open]');
    open?.querySelector('summary').focus();
    closeAll(root, null);
  });
}

function closeAll(root, except) {
  root.querySelectorAll('details.menu[open]').forEach((menu) => {
    if (menu !== except) menu.removeAttribute('open');
  });
}
