// Texts on the canvas: fillText knows no markup, so a name is a name whatever it holds.
'use strict';

(function (gwanje) {
  const FAMILY = '"Noto Sans CJK KR", "Noto Sans KR", NanumGothic, "Malgun Gothic", "Apple SD Gothic Neo", sans-serif';
  const LEAST_PX = 12; // Hangul is never smaller (HMI-15)
  const CELL = 64;

  gwanje.font = function (px, bold) {
    return (bold ? '600 ' : '400 ') + Math.max(LEAST_PX, Math.round(px)) + 'px ' + FAMILY;
  };

  // Room for texts on one picture; what would cover another is left out.
  class Room {
    constructor(context, width, height, colours) {
      this.context = context;
      this.width = width;
      this.height = height;
      this.colours = colours;
      this.cells = new Map();
      this.texts = [];
    }

    cellsOf(box) {
      const keys = [];
      for (let x = Math.floor(box.x / CELL); x <= Math.floor((box.x + box.w) / CELL); x++) {
        for (let y = Math.floor(box.y / CELL); y <= Math.floor((box.y + box.h) / CELL); y++) keys.push(x + ':' + y);
      }
      return keys;
    }

    block(box) {
      for (const key of this.cellsOf(box)) {
        const cell = this.cells.get(key);
        if (cell) cell.push(box);
        else this.cells.set(key, [box]);
      }
    }

    isFree(box) {
      if (box.x > this.width || box.y > this.height || box.x + box.w < 0 || box.y + box.h < 0) return false;
      return !this.cellsOf(box).some((key) =>
        (this.cells.get(key) || []).some(
          (other) =>
            box.x < other.x + other.w && other.x < box.x + box.w && box.y < other.y + other.h && other.y < box.y + box.h
        )
      );
    }

    // Writes a text beside a thing `away` px large: below it, else above, right or left of it.
    writeBeside(text, x, y, away, px, bold, ink) {
      const aside = away + 2 + measure(this.context, gwanje.font(px, bold), text) / 2 - px / 2;
      const places = [[0, away], [0, -away], [aside, 0], [-aside, 0]];
      return places.some(([dx, dy]) => this.write(text, x + dx, y + dy, px, bold, ink));
    }

    // Writes a text around (x, y) if there is room; says whether it did.
    write(text, x, y, px, bold, ink) {
      const font = gwanje.font(px, bold);
      const width = measure(this.context, font, text);
      const height = Math.max(LEAST_PX, px) * 1.25;
      const box = { x: x - width / 2, y: y - height / 2, w: width, h: height };
      if (!this.isFree(box)) return false;
      this.block(box);
      this.put(text, x, y, px, bold, ink);
      return true;
    }

    // Writes a text around (x, y) whether there is room or not.
    put(text, x, y, px, bold, ink) {
      this.context.font = gwanje.font(px, bold);
      this.context.textAlign = 'center';
      this.context.textBaseline = 'middle';
      this.context.lineJoin = 'round';
      this.context.lineWidth = 3;
      this.context.strokeStyle = this.colours.halo + 'D9';
      this.context.strokeText(text, x, y);
      this.context.fillStyle = ink;
      this.context.fillText(text, x, y);
      this.texts.push(text);
    }
  }

  const widths = new Map();

  function measure(context, font, text) {
    const key = font + '\n' + text;
    let width = widths.get(key);
    if (width === undefined) {
      if (widths.size > 8000) widths.clear(); // live values make new texts for ever
      context.font = font;
      width = context.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  }

  gwanje.Room = Room;
})(window.gwanje);
