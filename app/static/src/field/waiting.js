// Pictures that have not reached the office yet, kept in this browser until they have.
const SHELF = 'waiting';
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('xiangshen', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF, { keyPath: 'key' }).createIndex('place', 'place');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function act(mode, action) {
  // A browser that forbids storage still uploads; it only cannot remember across a reload.
  try {
    const database = await open();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(SHELF, mode);
      const request = action(transaction.objectStore(SHELF));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  }
}

/** Keeps {key, place, name, blob} until it is let go. */
export const keep = (picture) => act('readwrite', (shelf) => shelf.put(picture));

/** Forgets the picture of that key. */
export const letGo = (key) => act('readwrite', (shelf) => shelf.delete(key));

/** Gives the pictures still waiting for one field of one form. */
export const waitingFor = async (place) => (await act('readonly', (shelf) => shelf.index('place').getAll(place))) ?? [];
