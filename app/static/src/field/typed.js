// Whoever cannot write by hand types the name: the picture made of it says so, and why.
const [WIDTH, HEIGHT] = [640, 240];

/** Runs the part of a signature place for typed names; `deliver(blob)` sends the picture. */
export function typedName(place, deliver) {
  const template = place.querySelector('template[data-signature-typed]');
  if (!template) return;
  const part = template.content.firstElementChild.cloneNode(true);
  template.before(part);
  const [name, why] = [part.querySelector('[data-typed-name]'), part.querySelector('[data-typed-why]')];
  const confirm = async () => {
    const missing = [name, why].find((box) => !box.value.trim());
    if (missing) {
      missing.focus();
      return;
    }
    const blob = await picture(name.value.trim(), why.value.trim());
    if (!await deliver(blob)) return;
    name.value = why.value = '';
    part.open = false;
  };
  part.querySelector('[data-typed-confirm]').addEventListener('click', confirm);
  // In these two boxes Enter confirms the name; it must not send the form around them.
  part.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('input')) return;
    event.preventDefault();
    confirm();
  });
}

function picture(name, why) {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = '#101820';
  pen.textAlign = 'center';
  pen.font = '72px sans-serif';
  pen.fillText(name, WIDTH / 2, 105, WIDTH - 40);
  pen.font = '28px sans-serif';
  pen.fillText('键入姓名确认，未手写', WIDTH / 2, 165, WIDTH - 40);
  pen.fillText(`原因：${why}`, WIDTH / 2, 210, WIDTH - 40);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
