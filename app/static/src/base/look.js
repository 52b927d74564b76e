// Looking through the files of one group: arrow keys and a swipe do what the two links do.
const LEAST_SWIPE = 60;

/** Wires the [data-look] of a page, if it has one. */
export function look(root) {
  const place = root.querySelector('[data-look]');
  if (!place) return;
  const go = (way) => place.querySelector(`a[rel="${way}"]`)?.click();
  root.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.('input, textarea, select')) return;
    if (event.key === 'ArrowLeft') go('prev');
    if (event.key === 'ArrowRight') go('next');
  });
  let from = null;
  place.addEventListener('touchstart', (event) => {
    from = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  place.addEventListener('touchend', (event) => {
    const to = event.changedTouches[0];
    if (!from || !to) return;
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    // A picture that was enlarged by two fingers is being moved about, not left.
    if (Math.abs(across) < LEAST_SWIPE || Math.abs(down) > Math.abs(across) / 2 || (window.visualViewport?.scale ?? 1) > 1.05) return;
    go(across > 0 ? 'prev' : 'next');
  }, { passive: true });
}
