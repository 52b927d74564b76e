// One picture or sheet in the row of thumbnails, as components/papers.html draws it.

/** Draws a tile; `remove` is called when the person takes it out. */
export function tile({ name, href, isPicture }, remove) {
  const item = document.createElement('li');
  item.className = 'thumb';
  const link = document.createElement('a');
  link.target = '_blank';
  link.rel = 'noopener';
  if (href) link.href = href;
  link.append(isPicture ? picture(href) : sheet(), caption(name));
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'thumb-remove';
  button.textContent = '移除';
  button.setAttribute('aria-label', `移除${name}`);
  button.addEventListener('click', () => {
    item.remove();
    remove();
  });
  item.append(link, button);
  return item;
}

/** Shows how the tile's upload stands; an empty text takes the line away. */
export function mark(item, words, share) {
  let line = item.querySelector('.thumb-state');
  if (!words) {
    line?.remove();
    return;
  }
  if (!line) {
    line = document.createElement('span');
    line.className = 'thumb-state';
    item.append(line);
  }
  line.textContent = words;
  if (share === undefined) return;
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.value = share;
  bar.setAttribute('aria-label', '上传进度');
  line.append(bar);
}

/** A button that tries to send again; it goes once it is pressed or has become needless. */
export function offerAgain(item, name, act) {
  if (item.querySelector('.thumb-again')) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'thumb-again';
  button.textContent = '重试';
  button.setAttribute('aria-label', `重新上传${name}`);
  button.addEventListener('click', act);
  item.append(button);
}

/** Turns a tile into an answer of the form. */
export function answer(item, field, id, href) {
  const hidden = document.createElement('input');
  hidden.type = 'hidden';
  hidden.name = field;
  hidden.value = id;
  item.dataset.attachment = id;
  item.querySelector('.thumb-again')?.remove();
  item.querySelector('a').href = href;
  item.append(hidden);
}

function picture(href) {
  const image = document.createElement('img');
  image.alt = '';
  image.width = 104;
  image.height = 84;
  if (href) image.src = href;
  return image;
}

function sheet() {
  const box = document.createElement('span');
  box.className = 'thumb-paper';
  box.textContent = '文件';
  return box;
}

function caption(name) {
  const words = document.createElement('span');
  words.className = 'thumb-name';
  words.textContent = name;
  return words;
}
