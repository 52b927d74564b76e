// Photos leave the phone small: at most 1600 pixels, JPEG, without the camera's hidden data.
const LONGEST = 1600;
const SMALL_ENOUGH = 400 * 1024;

// A picture full of leaves or gravel stays large at the first quality; then a coarser one must do.
const QUALITIES = [0.8, 0.6, 0.45, 0.3];

/** Gives a smaller JPEG of a photo; what is small already or no picture comes back unchanged. */
export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  const picture = await decode(file);
  if (!picture) return file;
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size <= SMALL_ENOUGH && file.type === 'image/jpeg') return file;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d');
  // A transparent screenshot would otherwise turn black.
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  const blob = await compressed(canvas);
  return blob && blob.size < file.size ? blob : file;
}

async function compressed(canvas) {
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (!blob || blob.size <= SMALL_ENOUGH) break;
  }
  return blob;
}

/** Gives something that can be drawn, the right way up, or null when this browser cannot read it (HEIC on Android). */
async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch { /* older browsers refuse the option; their image element turns the picture by itself */ }
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** The name of a photo once it is a JPEG. */
export function jpegName(name, type) {
  return type === 'image/jpeg' ? name.replace(/\.\w+$/, '') + '.jpg' : name;
}
