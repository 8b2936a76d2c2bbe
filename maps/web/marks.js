// Symbols: stroke lists that Python decided on, drawn once per look onto a small canvas and then copied.
'use strict';

window.gwanje = window.gwanje || {};

(function (gwanje) {
  const TILE = 256;
  const TURN_STEP = 5;
  const fallbackGlyph = 'device';

  // Position as a share of the world in Web Mercator; pixels of any zoom are one multiplication away.
  gwanje.unit = function (lat, lon) {
    const limit = 85.0511287798066;
    const sin = Math.sin((Math.max(-limit, Math.min(limit, lat)) * Math.PI) / 180);
    return { u: lon / 360 + 0.5, v: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
  };

  gwanje.worldSize = function (zoom) {
    return TILE * Math.pow(2, zoom);
  };

  gwanje.metresPerPixel = function (lat, zoom) {
    return (2 * Math.PI * 6378137 * Math.cos((lat * Math.PI) / 180)) / gwanje.worldSize(zoom);
  };

  class Shelf {
    constructor(colours, ratio) {
      this.colours = colours;
      this.ratio = ratio;
      this.side = window.gwanjeSprites.px;
      this.pictures = new Map();
    }

    // Draws a symbol around (x, y); `key` names its look. Whole pixels and no turning while drawing: a copy is cheap, and a
    // fleet is thousands of copies.
    put(context, key, ops, kind, x, y) {
      this.copy(context, this.picture(key, this.side, 0, ops, kind), this.side, x, y);
    }

    // The same for a small symbol that points along a heading; headings are drawn in steps of five degrees.
    putTurned(context, key, side, degrees, ops, x, y) {
      const step = (((Math.round(degrees / TURN_STEP) * TURN_STEP) % 360) + 360) % 360;
      this.copy(context, this.picture(key + '@' + step, side, step, ops, ''), side, x, y);
    }

    copy(context, picture, side, x, y) {
      context.drawImage(picture, Math.round(x - side / 2), Math.round(y - side / 2), side, side);
    }

    picture(key, side, degrees, ops, kind) {
      let picture = this.pictures.get(key);
      if (!picture) {
        picture = this.render(side, degrees, ops, kind);
        this.pictures.set(key, picture);
      }
      return picture;
    }

    render(side, degrees, ops, kind) {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = Math.round(side * this.ratio);
      const context = canvas.getContext('2d');
      context.scale(this.ratio, this.ratio);
      context.translate(side / 2, side / 2);
      context.rotate((degrees * Math.PI) / 180);
      context.lineJoin = context.lineCap = 'round';
      for (const op of ops) this.carryOut(context, op, kind);
      return canvas;
    }

    carryOut(context, op, kind) {
      if (op.op === 'glyph') this.glyph(context, op, kind);
      else if (op.op === 'letter') this.letter(context, op);
      else this.path(context, op);
    }

    path(context, op) {
      const path = new Path2D(op.d);
      if (op.fill) {
        context.fillStyle = this.colours[op.fill];
        context.fill(path);
      }
      if (op.stroke) {
        context.strokeStyle = this.colours[op.stroke];
        context.lineWidth = op.width;
        context.setLineDash(op.dash);
        context.stroke(path);
        context.setLineDash([]);
      }
    }

    glyph(context, op, kind) {
      const table = window.gwanjeGlyphs;
      const paths = Object.hasOwn(table, kind) ? table[kind] : table[fallbackGlyph] || [];
      const scale = op.size / 24;
      context.save();
      context.translate(op.x - op.size / 2, op.y - op.size / 2);
      context.scale(scale, scale);
      context.strokeStyle = this.colours[op.ink];
      context.lineWidth = 1.5 / scale;
      for (const d of paths) context.stroke(new Path2D(d));
      context.restore();
    }

    letter(context, op) {
      context.fillStyle = this.colours[op.ink];
      context.font = '700 ' + op.size + 'px sans-serif';
      context.textAlign = 'center';
      context.textBaseline = 'alphabetic';
      context.fillText(op.text, op.x, op.y + op.size * 0.36);
    }
  }

  gwanje.Shelf = Shelf;

  const TICK_MS = 400;

  // The same wall-clock ticks as every flashing symbol of the console, so that all are dark together.
  gwanje.isOff = function (ticks, now) {
    return ticks > 0 && Math.floor(now / TICK_MS) % ticks === 0;
  };

  gwanje.untilTick = function (now) {
    return TICK_MS - (now % TICK_MS) + 5;
  };
})(window.gwanje);
