// A link with data-dialog opens the dialog of that id; without script it leads to a page instead.

/** A menu that led to a dialog is folded, and the focus goes back to where it came from. */
function whenClosed(dialog, opener) {
  const menu = opener.closest('details.menu');
  menu?.removeAttribute('open');
  dialog.addEventListener('close', () => (menu ? menu.querySelector('summary') : opener).focus(), { once: true });
}

/** Opens and closes the page's dialogs. */
export function dialogs(root) {
  root.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
      whenClosed(dialog, opener);
      return;
    }
    const closer = event.target.closest('[data-close]');
    if (closer) {
      event.preventDefault();
      closer.closest('dialog')?.close();
    }
  });
  // A dialog that came back with errors is shown again as it was.
  root.querySelectorAll('dialog[data-reopen]').forEach((dialog) => dialog.showModal?.());
}
