// Every page: htmx, set up for the strict content policy, and the small behaviours.
import htmx from 'htmx.org/dist/htmx.esm.js';
import { dialogs } from './base/dialogs.js';
import { guardSubmits } from './base/once.js';
import { lists } from './base/lists.js';
import { look } from './base/look.js';
import { menus } from './base/menus.js';
import { network } from './base/network.js';
import { picking } from './base/picking.js';
import { printing } from './base/printing.js';
import { settleKept } from './base/kept.js';
import { summaries } from './base/summaries.js';

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// Case pages hold personal data; nothing of them is left in the browser's storage.
htmx.config.historyCacheSize = 0;
// A form that comes back with its errors is still the form.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '422', swap: true },
  { code: '[23]..', swap: true },
  { code: '[45]..', swap: false, error: true },
];

guardSubmits(document);
dialogs(document);
menus(document);
lists(document);
look(document);
picking(document);
summaries(document);
network(document);
printing(document);
settleKept(document);
