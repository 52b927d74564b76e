// What a page must keep to wherever it is looked at; gives a list of sentences, empty when there is nothing to say.
// `phone`: held in one hand, so what is pressed must be large enough for a thumb.
window.__look = (phone) => {
  const SMALLEST = 16, THUMB = 44;
  // Marks beside the words, not the words: a count, a caption under a picture or an icon, a word at a label.
  const MARKS = '.count, .tab, .required, .seal small, .thumb, .djs-container, .diagram-here, .strip, .official, sup, sub';
  const PRESSED = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
  const named = (one) => `${one.localName}${one.className && typeof one.className === 'string' ? `.${one.className.trim().replace(/\s+/g, '.')}` : ''} “${(one.innerText ?? one.value ?? '').trim().slice(0, 30)}”`;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.visually-hidden, [aria-hidden=true], .djs-container, .dmn-js-parent');

  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .map((one) => `sticks out: ${named(one)}`);

  const words = [...document.querySelectorAll('body *')]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .filter((one) => shown(one) && !one.closest(MARKS));
  const small = words.filter((one) => parseFloat(getComputedStyle(one).fontSize) < SMALLEST)
    .map((one) => `${getComputedStyle(one).fontSize}: ${named(one)}`);

  // A link inside a sentence is as high as its line; a tick is as large as the line that can be pressed with it.
  const inSentence = (one) => one.localName === 'a' && getComputedStyle(one).display === 'inline' &&
    [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim().length > 1);
  const area = (one) => one.closest('.choice, .pick, [data-upload], .signature') ?? (one.closest('.cell-what') ? one.closest('tr') : one);
  const narrow = !phone ? [] : [...document.querySelectorAll(PRESSED)]
    .filter((one) => shown(one) && !inSentence(one) && !one.matches('.skip, .bjs-powered-by') && !one.disabled)
    .map((one) => [one, area(one).getBoundingClientRect().height])
    .filter(([, height]) => height < THUMB - 0.5)
    .map(([one, height]) => `${Math.round(height)} px high: ${named(one)}`);
  return [...wide.slice(0, 6), ...small.slice(0, 8), ...narrow.slice(0, 8)];
};

window.__faults = (context) => axe.run(context ?? document, {
  resultTypes: ['violations'], preload: false,
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then((found) => found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')}`));
