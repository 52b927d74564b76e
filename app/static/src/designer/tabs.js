// The tabs of the side: one pane at a time, by click or by arrow keys.

/** Gives a function that shows the pane of that name. */
export function tabs(place, shown) {
  const all = [...place.querySelectorAll('[role=tab]')];
  const show = (tab) => {
    for (const one of all) {
      const chosen = one === tab;
      one.setAttribute('aria-selected', String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      place.querySelector(`#${one.getAttribute('aria-controls')}`).hidden = !chosen;
    }
    shown(tab.id.replace('tab-', ''));
  };
  for (const [at, tab] of all.entries()) {
    tab.addEventListener('click', () => show(tab));
    tab.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = all[(at + step + all.length) % all.length];
      next.focus();
      show(next);
    });
  }
  return (name) => show(all.find(({ id }) => id === `tab-${name}`));
}
