// Marks that would lie on each other, as one with a count. The same rules as maps/clusters.py; a test holds the two together.
'use strict';

(function (gwanje) {
  const RADIUS = { asset: 26, mover: 12 };
  const SINGLE_ZOOM = { asset: 15, mover: 13 };

  function nearest(cells, x, y, radius) {
    let best = null;
    let bestDistance = radius * radius;
    const column = Math.floor(x / radius);
    const row = Math.floor(y / radius);
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const seed of cells.get(column + dx + ':' + (row + dy)) || []) {
          const distance = (seed.seedX - x) ** 2 + (seed.seedY - y) ** 2;
          if (distance < bestDistance) {
            best = seed;
            bestDistance = distance;
          }
        }
      }
    }
    return best;
  }

  // `marks` in the order of their ids; gives [{x, y, members}] in world pixels of the zoom.
  gwanje.cluster = function (marks, zoom, selected) {
    const size = gwanje.worldSize(zoom);
    const groups = { asset: new Map(), mover: new Map() };
    const found = [];
    for (const mark of marks) {
      const x = mark.u * size;
      const y = mark.v * size;
      const group = mark.mover ? 'mover' : 'asset';
      const radius = RADIUS[group];
      const alone = mark.id === selected || zoom >= SINGLE_ZOOM[group];
      const near = alone ? null : nearest(groups[group], x, y, radius);
      if (near) {
        near.sumX += x;
        near.sumY += y;
        near.members.push(mark);
        continue;
      }
      const seed = { seedX: x, seedY: y, sumX: x, sumY: y, members: [mark] };
      found.push(seed);
      if (alone) continue;
      const key = Math.floor(x / radius) + ':' + Math.floor(y / radius);
      const cell = groups[group].get(key);
      if (cell) cell.push(seed);
      else groups[group].set(key, [seed]);
    }
    return found.map((seed) => ({
      x: seed.sumX / seed.members.length,
      y: seed.sumY / seed.members.length,
      members: seed.members,
    }));
  };
})(window.gwanje);
