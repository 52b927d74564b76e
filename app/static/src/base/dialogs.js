// A link with data-dialog opens the dialog of that id; without script it leads to a page instead.

/** Opens and closes the page's dialogs. */
export function dialogs(root) {
  root.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      opener.closest('details.menu')?.removeAttribute('open');
      dialog.showModal();
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
