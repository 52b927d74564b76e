// Two diagrams side by side look at the same part: where one is moved or zoomed, the other follows.

/** Ties the diagrams of one comparison together, once both are drawn. */
export function pair(viewer, place) {
  const together = place.closest('[data-pair]');
  if (!together) return;
  together.viewers = [...(together.viewers ?? []), viewer];
  if (together.viewers.length === 2) tie(...together.viewers);
}

function tie(one, other) {
  let following = false;
  for (const [leader, follower] of [[one, other], [other, one]]) {
    leader.on('canvas.viewbox.changed', ({ viewbox: { x, y, width, height } }) => {
      if (following) return;
      following = true;
      follower.get('canvas').viewbox({ x, y, width, height });
      following = false;
    });
  }
}
