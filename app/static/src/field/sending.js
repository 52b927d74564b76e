// Sends one file to the office and gives its number back.
import { csrfToken } from '../base/page.js';

/** The office understood the file and does not want it; asking again would not help. */
export class Unwanted extends Error {}

const SENTENCES = {
  401: '登录已过期，请重新登录后再传。',
  403: '您没有上传到这里的权限。',
  413: '文件太大，请换一个较小的文件。',
  415: '不支持这种文件，请上传照片、PDF 或办公文档。',
  422: '文件不符合要求，请换一个文件。',
};
const WORTH_RETRYING = [408, 425, 429];

/** Posts the file as multipart; `progress` is told the share sent so far. Resolves to {id, name, type, size}. */
export function send(url, blob, name, key, progress = () => {}) {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how much of a body has gone out, and on a village network that is what people watch.
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set('file', blob, name);
    request.open('POST', url);
    request.responseType = 'json';
    request.timeout = 120_000;
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.setRequestHeader('Accept', 'application/json');
    // The same key on every attempt: a lost reply does not leave the picture there twice.
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = request.ontimeout = () => reject(new Error('network'));
    request.onload = () => {
      const { status, response } = request;
      if (status >= 200 && status < 300 && response?.id !== undefined) resolve(response);
      else if (status >= 400 && status < 500 && !WORTH_RETRYING.includes(status)) {
        reject(new Unwanted(response?.errors?.file ?? response?.detail ?? SENTENCES[status] ?? '文件没有被接收，请换一个文件。'));
      } else reject(Object.assign(new Error(String(status)), { sentence: response?.detail }));
    };
    request.send(body);
  });
}

/** A key no other request has. crypto.randomUUID is missing in the oldest WebViews and over plain HTTP. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
