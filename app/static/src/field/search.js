// Long lists (villages, people) get a search box: by words, or by the first letters of their pinyin.

/** Puts a search box above a select[data-search]. */
export function searchable(select) {
  const all = [...select.options].map((option) => ({ option, group: option.closest('optgroup'), words: `${option.text} ${letters(option.text)}`.toLowerCase() }));
  const box = document.createElement('input');
  box.type = 'search';
  box.className = 'form-control search-box';
  box.placeholder = '输入名称或拼音首字母查找';
  box.setAttribute('aria-label', `查找${select.labels[0]?.firstChild?.textContent.trim() ?? ''}`);
  box.autocomplete = 'off';
  const found = document.createElement('div');
  found.className = 'upload-said';
  found.setAttribute('role', 'status');
  select.before(box, found);
  box.addEventListener('input', () => narrow(select, all, box.value.trim().toLowerCase(), found));
  // Enter in the box means: this is what I looked for. It must not send the form.
  box.addEventListener('keydown', (event) => event.key === 'Enter' && event.preventDefault());
  // The box is no answer: it neither counts as a change of the form nor is it kept.
  box.addEventListener('change', (event) => event.stopPropagation());
}

function narrow(select, all, sought, found) {
  const kept = all.filter(({ option, words }) => !option.value || option.selected || words.includes(sought));
  const hits = all.filter(({ option, words }) => option.value && words.includes(sought));
  // Safari shows hidden options all the same, so what does not fit leaves the list.
  for (const { option, group } of all) (group ?? select).append(option);
  for (const one of all) if (!kept.includes(one)) one.option.remove();
  found.textContent = sought ? (hits.length ? `找到 ${hits.length} 个` : '没有找到，请换个说法') : '';
  if (sought && hits.length === 1 && !hits[0].option.selected) {
    hits[0].option.selected = true;
    found.textContent = `已选：${hits[0].option.text}`;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

// The first character, in pinyin order, of every initial letter.
const FIRSTS = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀'];
const INITIALS = 'abcdefghjklmnopqrstwxyz';
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin');

/** The pinyin initials of a text; characters that are not Chinese stand for themselves. */
export function letters(text) {
  return [...text].map((character) => {
    if (!/[\u4e00-\u9fff]/.test(character)) return character;
    let last = -1;
    while (last + 1 < FIRSTS.length && order.compare(FIRSTS[last + 1], character) <= 0) last += 1;
    return last < 0 ? '' : INITIALS[last];
  }).join('');
}
