// One picture of the marks on a canvas of our own above Leaflet's panes: trails, marks, names, scale.
'use strict';

(function (gwanje) {
  const NAMES_ZOOM = 12;
  const MOVER_NAMES_ZOOM = 13;
  const VECTOR_ZOOM = 12.5;
  const TRAILS_ZOOM = 11.5;
  const VECTOR_S = 60;
  const HIT_PX = 18;
  // A distress beacon is in no layer: it cannot be hidden.
  const TOGGLE = { vessel: 'vessels', aton: 'vessels', base_station: 'vessels', sar_aircraft: 'vessels', truck: 'trucks' };

  class Scene {
    constructor(map, base) {
      this.map = map;
      this.base = base;
      this.board = null;
      this.colours = null;
      this.shelf = null;
      this.lang = 'ko';
      this.hidden = new Set();
      this.frozen = false;
      this.steady = false;
      this.spots = [];
      this.texts = [];
      this.asked = false;
      this.canvas = document.createElement('canvas');
      this.canvas.className = 'gw-marks';
      this.canvas.setAttribute('aria-hidden', 'true');
      map.getContainer().appendChild(this.canvas);
      this.draw = this.draw.bind(this);
      map.on('move zoom viewreset resize', this.draw);
    }

    dress(colours) {
      this.colours = colours;
      this.shelf = null;
      this.ask();
    }

    ask() {
      if (this.asked) return;
      this.asked = true;
      requestAnimationFrame(this.draw);
    }

    draw() {
      this.asked = false;
      if (!this.colours || !this.board) return;
      const size = this.map.getSize();
      const ratio = window.devicePixelRatio || 1;
      this.fitCanvas(size, ratio);
      if (!this.shelf || this.shelf.ratio !== ratio) this.shelf = new gwanje.Shelf(this.colours, ratio);
      const context = this.canvas.getContext('2d');
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      const zoom = this.map.getZoom();
      const world = gwanje.worldSize(zoom);
      const middle = this.map.project(this.map.getCenter(), zoom);
      const view = { zoom: zoom, world: world, left: middle.x - size.x / 2, top: middle.y - size.y / 2, w: size.x, h: size.y };
      const shown = this.shown(view);
      const room = new gwanje.Room(context, size.x, size.y, this.colours);
      // Names keep off the scale, the credit line and the buttons.
      room.block({ x: 0, y: size.y - 44, w: 190, h: 44 });
      room.block({ x: size.x - 260, y: size.y - 26, w: 260, h: 26 });
      room.block({ x: size.x - 52, y: 0, w: 52, h: 152 });
      this.trails(context, shown, view);
      this.place(shown, view);
      this.symbols(context, room, view);
      if (!this.hidden.has('labels')) this.names(room, view);
      this.scale(context, room, view);
      this.texts = room.texts;
    }

    fitCanvas(size, ratio) {
      const width = Math.round(size.x * ratio);
      const height = Math.round(size.y * ratio);
      if (this.canvas.width === width && this.canvas.height === height) return;
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = size.x + 'px';
      this.canvas.style.height = size.y + 'px';
    }

    shown(view) {
      const edgeX = view.w / 4;
      const edgeY = view.h / 4;
      return this.board.sorted().filter((mark) => {
        if (this.hidden.has(TOGGLE[mark.kind])) return false;
        const x = mark.u * view.world - view.left;
        const y = mark.v * view.world - view.top;
        return x > -edgeX && y > -edgeY && x < view.w + edgeX && y < view.h + edgeY;
      });
    }

    place(shown, view) {
      const selected = this.board.selected;
      this.spots = gwanje.cluster(shown, view.zoom, selected).map((cluster) => {
        const levels = cluster.members.map((mark) => mark.plate.priority || 9);
        return {
          x: cluster.x - view.left,
          y: cluster.y - view.top,
          members: cluster.members,
          level: Math.min(...levels),
          chosen: cluster.members.some((mark) => mark.id === selected),
        };
      });
      // Drawn last is seen best: the selected one, then the most urgent.
      const onTop = (spot) => Number(!spot.members[0].mover);
      this.spots.sort(
        (one, other) => one.chosen - other.chosen || other.level - one.level || onTop(one) - onTop(other) || one.y - other.y
      );
    }

    trails(context, shown, view) {
      const selected = this.board.selected;
      const close = view.zoom >= TRAILS_ZOOM;
      context.lineJoin = context.lineCap = 'round';
      context.strokeStyle = this.colours.running + '59';
      context.lineWidth = 1.25;
      context.beginPath();
      let chosen = null;
      for (const mark of shown) {
        if (mark.trail.length < 2) continue;
        if (mark.id === selected) chosen = mark;
        else if (close) this.trail(context, mark, view);
      }
      context.stroke();
      if (!chosen) return;
      context.strokeStyle = this.colours.accent;
      context.lineWidth = 2;
      context.beginPath();
      this.trail(context, chosen, view);
      context.stroke();
    }

    trail(context, mark, view) {
      mark.trail.forEach((spot, index) => {
        const x = spot.u * view.world - view.left;
        const y = spot.v * view.world - view.top;
        if (index) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.lineTo(mark.u * view.world - view.left, mark.v * view.world - view.top);
    }

    symbols(context, room, view) {
      const now = Date.now();
      this.flashing = false;
      for (const spot of this.spots) {
        const single = spot.members.length === 1;
        const small = single && spot.members[0].plate.hull;
        const half = single ? (small ? 6 : 13) : 17;
        room.block({ x: spot.x - half, y: spot.y - half, w: 2 * half, h: 2 * half });
        if (spot.x < -40 || spot.y < -40 || spot.x > view.w + 40 || spot.y > view.h + 40) continue;
        if (single) this.mark(context, spot, view, now);
        else this.cluster(context, room, spot, now);
      }
      clearTimeout(this.timer);
      if (this.flashing && !this.frozen && !this.steady) this.timer = setTimeout(() => this.ask(), gwanje.untilTick(now));
    }

    isOff(ticks, now) {
      return !this.frozen && !this.steady && gwanje.isOff(ticks, now);
    }

    mark(context, spot, view, now) {
      const mark = spot.members[0];
      const plate = mark.plate;
      const off = this.isOff(plate.flash, now);
      this.flashing = this.flashing || plate.flash > 0;
      if (spot.chosen) this.shelf.put(context, 'selection', window.gwanjeSprites.selection, '', spot.x, spot.y);
      this.vector(context, mark, spot, view);
      if (plate.hull) this.hull(context, mark, spot);
      else if (mark.heading !== null) {
        const nose = [{ op: 'path', d: window.gwanjeSprites.nose, fill: 'running', stroke: 'plate', width: 1, dash: [] }];
        this.shelf.putTurned(context, 'nose', window.gwanjeSprites.px, mark.heading, nose, spot.x, spot.y);
      }
      const ops = off ? plate.off : plate.on;
      if (ops.length) this.shelf.put(context, plate.key + (off ? '-' : '+') + mark.kind, ops, mark.kind, spot.x, spot.y);
    }

    hull(context, mark, spot) {
      const sprites = window.gwanjeSprites;
      const plate = mark.plate;
      const pointed = mark.heading !== null;
      const d = pointed ? sprites.hulls[mark.kind] || sprites.hulls.vessel : sprites.drift;
      const key = 'hull' + plate.key + mark.kind + pointed;
      const ops = [
        { op: 'path', d: d, stroke: 'halo', width: 3.5, dash: [] },
        { op: 'path', d: d, fill: plate.fill, stroke: plate.edge, width: 1.5, dash: plate.hatch ? [2.5, 2] : [] },
      ];
      this.shelf.putTurned(context, key, sprites.hullPx, mark.heading || 0, ops, spot.x, spot.y);
    }

    vector(context, mark, spot, view) {
      if (mark.heading === null || !mark.speed || view.zoom < VECTOR_ZOOM) return;
      const lat = this.map.getCenter().lat;
      const length = 10 + Math.min(80, (mark.speed * VECTOR_S) / gwanje.metresPerPixel(lat, view.zoom));
      const angle = (mark.heading * Math.PI) / 180;
      context.strokeStyle = this.colours.running;
      context.lineWidth = 1.25;
      context.beginPath();
      context.moveTo(spot.x, spot.y);
      context.lineTo(spot.x + Math.sin(angle) * length, spot.y - Math.cos(angle) * length);
      context.stroke();
    }

    cluster(context, room, spot, now) {
      const level = spot.level === 9 ? 0 : spot.level;
      const worst = spot.members.filter((mark) => mark.plate.priority === level);
      const ticks = level ? Math.max(...worst.map((mark) => mark.plate.flash)) : 0;
      this.flashing = this.flashing || ticks > 0;
      const off = this.isOff(ticks, now);
      const ops = window.gwanjeSprites.clusters[level][off ? 1 : 0];
      this.shelf.put(context, 'cluster' + level + off, ops, '', spot.x, spot.y);
      const count = String(spot.members.length);
      context.font = gwanje.font(count.length > 2 ? 10 : 12, true);
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = this.colours.text;
      context.fillText(count, spot.x, spot.y + 0.5);
      room.texts.push(count);
    }

    names(room, view) {
      const told = new Set(); // a bridge that is an asset is not named a second time by its line
      for (const spot of [...this.spots].reverse()) {
        if (spot.members.length !== 1) continue;
        const mark = spot.members[0];
        const wanted = spot.chosen || mark.plate.priority || view.zoom >= (mark.mover ? MOVER_NAMES_ZOOM : NAMES_ZOOM);
        if (!wanted) continue;
        const bold = spot.chosen || mark.plate.priority > 0;
        const text = mark.label ? mark.name + '  ' + mark.label : mark.name;
        const away = mark.plate.hull ? 20 : mark.plate.priority ? 29 : 23;
        const px = mark.mover ? 11 : 12;
        if (room.writeBeside(text, spot.x, spot.y, spot.chosen ? 32 : away, px, bold, this.colours.text)) told.add(mark.name);
      }
      for (const name of this.base.names(view.zoom, this.lang)) {
        if (told.has(name.text)) continue;
        const spot = gwanje.unit(name.at[0], name.at[1]);
        const x = spot.u * view.world - view.left;
        const y = spot.v * view.world - view.top;
        const ink = this.colours[name.ink];
        if (!room.write(name.text, x, y, name.px, false, ink)) room.writeBeside(name.text, x, y, 24, name.px, false, ink);
      }
    }

    scale(context, room, view) {
      const perPixel = gwanje.metresPerPixel(this.map.getCenter().lat, view.zoom);
      const most = perPixel * 120;
      const power = Math.pow(10, Math.floor(Math.log10(most)));
      const metres = [5, 2, 1].find((step) => step * power <= most) * power;
      const length = metres / perPixel;
      const y = view.h - 12;
      context.strokeStyle = this.colours.text_secondary;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(12, y - 6);
      context.lineTo(12, y);
      context.lineTo(12 + length, y);
      context.lineTo(12 + length, y - 6);
      context.stroke();
      const text = metres >= 1000 ? metres / 1000 + ' km' : metres + ' m';
      room.put(text, 12 + length / 2, y - 12, 12, false, this.colours.text_secondary);
      this.north(context, room, 32 + length, y - 2);
    }

    north(context, room, x, y) {
      context.fillStyle = this.colours.text_secondary;
      context.beginPath();
      context.moveTo(x, y - 14);
      context.lineTo(x + 5, y);
      context.lineTo(x, y - 3);
      context.lineTo(x - 5, y);
      context.fill();
      room.put('N', x, y - 22, 12, false, this.colours.text_secondary);
    }

    at(x, y) {
      let best = null;
      let bestDistance = HIT_PX;
      for (const spot of this.spots) {
        const distance = Math.hypot(spot.x - x, spot.y - y);
        if (distance <= bestDistance) {
          best = spot;
          bestDistance = distance;
        }
      }
      return best;
    }
  }

  gwanje.Scene = Scene;
})(window.gwanje);
