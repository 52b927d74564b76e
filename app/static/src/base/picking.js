// Picking many rows: how many are ticked, all of them at once, and only what all of them allow.

/** Gives a list with boxes its comforts; without script every action is offered and the next page says what fits. */
export function picking(root) {
  const form = root.querySelector('form[data-picking]');
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name=item]')];
  const all = form.querySelector('[data-pick-all]');
  const said = form.querySelector('[data-picked]');
  all.setAttribute('role', 'button');
  all.addEventListener('click', (event) => {
    event.preventDefault();
    const some = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = some; });
    show();
  });
  all.addEventListener('keydown', (event) => {
    if (event.key === ' ') all.click();
    if (event.key === ' ') event.preventDefault();
  });
  form.addEventListener('change', show);
  // Back from the next page: the browser ticks again what was ticked.
  addEventListener('pageshow', show);
  show();

  function show() {
    const ticked = boxes.filter((box) => box.checked);
    all.textContent = ticked.length === boxes.length ? '全不选' : '全选本页';
    said.textContent = `已选 ${ticked.length} 件`;
    for (const button of [...form.elements].filter((one) => one.name === 'action')) {
      button.disabled = !ticked.length || !ticked.every((box) => box.dataset.may.split(' ').includes(button.value));
    }
  }
}
