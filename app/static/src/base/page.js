// What the scripts know about the page they run on.

/** The token every unsafe request carries. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}

/** Who is signed in, so that one person's typing is never offered to another. */
export function accountMark() {
  return document.querySelector('meta[name="account"]')?.content || 'visitor';
}

/** Shows a sentence at the foot of the screen, and reads it out. */
export function say(sentence, kind = 'note', seconds = 8) {
  let place = document.querySelector('.toasts');
  if (!place) {
    place = document.createElement('div');
    place.className = 'toasts';
    place.setAttribute('role', 'status');
    place.setAttribute('aria-live', 'polite');
    document.body.append(place);
  }
  const box = document.createElement('div');
  box.className = `said said-${kind}`;
  box.textContent = sentence;
  place.append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}
