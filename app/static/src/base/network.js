// A weak network is the rule in the field: say so plainly when it fails, and when it is back.
import { csrfToken, say } from './page.js';

const SENTENCES = {
  401: '登录已过期，请重新登录；已填内容保存在本机。',
  403: '您没有办理这一事项的权限。',
  404: '没有找到这一内容，可能已被他人办理。',
  409: '此事项刚刚有了变化，请刷新后再办。',
  413: '文件太大，请换一个较小的文件。',
  429: '操作太频繁，请稍候再试。',
};

/** Tells about lost connections and refused background requests; adds the token to htmx's. */
export function network(root) {
  root.addEventListener('htmx:configRequest', (event) => {
    event.detail.headers['X-CSRFToken'] = csrfToken();
  });
  root.addEventListener('htmx:responseError', (event) => {
    const { status } = event.detail.xhr;
    say(SENTENCES[status] ?? '系统暂时无法处理，请稍后再试。', 'problem');
  });
  root.addEventListener('htmx:sendError', () => say('网络不通，请检查网络后再试。', 'problem'));
  addEventListener('offline', show);
  addEventListener('online', show);
  show();

  function show() {
    const strip = root.querySelector('[data-offline]');
    if (strip) strip.hidden = navigator.onLine;
  }
}
