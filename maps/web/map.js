// The page's wiring: what the program says (`gwanjeMap`) and what is told back (one method on one channel).
'use strict';

(function (gwanje) {
  const map = window.map_city; // made by folium's script
  const FOCUS_ZOOM = 14;
  const LIST_ZOOM = 16;
  const TRAIL_LENGTH = 20;

  // Everything on the map by id, in the order of ids when asked for.
  class Board {
    constructor() {
      this.clear();
    }

    clear() {
      this.marks = new Map();
      this.plates = [];
      this.selected = null;
      this.order = null;
    }

    take(frame) {
      if (frame.whole) this.clear();
      this.plates.length = frame.firstPlate;
      for (const plate of frame.plates) this.plates.push({ ...plate, key: 'p' + this.plates.length });
      for (const id of frame.removed) this.order = this.marks.delete(id) ? null : this.order;
      for (const row of frame.rows) this.put(row);
      for (const [id, trail] of Object.entries(frame.trails)) {
        const mark = this.marks.get(id);
        if (mark) mark.trail = [...mark.trail, ...trail.map((spot) => gwanje.unit(spot[0], spot[1]))].slice(-TRAIL_LENGTH);
      }
      this.selected = frame.selected;
    }

    put([id, kind, lat, lon, name, label, plate, heading, speed]) {
      const before = this.marks.get(id);
      if (!before) this.order = null;
      const mark = Object.assign(before || { id: id, trail: [] }, gwanje.unit(lat, lon));
      Object.assign(mark, { kind, name, label, heading, speed, lat, lon, plate: this.plates[plate] });
      mark.mover = Object.hasOwn(window.gwanjeSprites.hulls, kind);
      this.marks.set(id, mark);
    }

    sorted() {
      if (!this.order) this.order = [...this.marks.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
      return this.order;
    }
  }

  let tell = () => {};

  function start(told) {
    const home = L.latLngBounds(told.home);
    const base = new gwanje.Base(map, told);
    const scene = new gwanje.Scene(map, base);
    const board = (scene.board = new Board());
    // Before the view has a size there is nothing to fit to (and Leaflet would count with infinities).
    const hasSize = () => map.getSize().x > 64 && map.getSize().y > 64;
    const fit = () => {
      if (hasSize()) map.fitBounds(home, { padding: [24, 24], animate: false });
      else map.setView(home.getCenter(), map.getZoom(), { animate: false });
    };
    const choose = (id) => tell({ is: 'clicked', id: id });
    const hide = (hidden) => {
      base.hide(hidden);
      scene.hidden = hidden;
      scene.ask();
    };
    const zoomIn = () => map.zoomIn();
    const zoomOut = () => map.zoomOut();
    const controls = new gwanje.Controls(map, { zoomIn, zoomOut, fit, hide, choose });
    map.setMaxBounds(home.pad(1));
    fit();
    let fitted = hasSize();
    window.gwanjeMap = {
      take(frame) {
        board.take(frame);
        scene.ask();
        tell({ is: 'taken' });
      },
      dress(theme) {
        for (const [name, colour] of Object.entries(theme.colours)) {
          document.documentElement.style.setProperty('--' + name.replaceAll('_', '-'), colour);
        }
        document.documentElement.style.setProperty('color-scheme', theme.dark ? 'dark' : 'light');
        base.dress(theme.colours);
        scene.dress(theme.colours);
      },
      speak(told2) {
        scene.lang = told2.lang;
        document.documentElement.lang = told2.lang;
        controls.speak(told2.words, told.credit);
        scene.ask();
      },
      freeze(since) {
        scene.frozen = since !== null;
        controls.freeze(since);
        scene.ask();
      },
      steady(on) {
        scene.steady = on;
        scene.ask();
      },
      focus([lat, lon]) {
        fitted = true;
        map.setView([lat, lon], Math.max(map.getZoom(), FOCUS_ZOOM), { animate: false });
      },
      // What is on the screen, for tests and for reading it out.
      seen() {
        return {
          zoom: map.getZoom(),
          texts: scene.texts,
          spots: scene.spots.map((spot) => ({ x: spot.x, y: spot.y, ids: spot.members.map((mark) => mark.id) })),
          card: controls.card.hidden ? '' : controls.card.textContent,
          members: controls.list.hidden ? [] : [...controls.list.children].map((row) => row.textContent),
          credit: controls.credit.textContent,
          frozen: controls.frost.hidden ? '' : controls.frost.textContent,
          buttons: Object.values(controls.buttons).map((button) => button.title),
          marks: board.marks.size,
        };
      },
      cluster(zoom) {
        return gwanje.cluster(board.sorted(), zoom, board.selected).map((one) => one.members.map((mark) => mark.id));
      },
    };
    listen(scene, controls, fit, choose);
    map.on('resize', () => {
      if (!fitted && hasSize()) {
        fitted = true;
        fit();
      }
    });
  }

  function openCluster(spot, controls) {
    const bounds = L.latLngBounds(spot.members.map((mark) => [mark.lat, mark.lon]));
    const apart = Math.max(bounds.getNorth() - bounds.getSouth(), bounds.getEast() - bounds.getWest());
    if (map.getZoom() >= LIST_ZOOM || apart < 1e-4 || spot.members.length <= gwanje.MOST_MEMBERS) controls.open(spot);
    else map.setZoomAround([spot.x, spot.y], map.getZoom() + 1.5, { animate: false });
  }

  function listen(scene, controls, fit, choose) {
    const container = map.getContainer();
    let rest = 0;
    map.on('click', (event) => {
      controls.close();
      const spot = scene.at(event.containerPoint.x, event.containerPoint.y);
      if (!spot) return;
      if (spot.members.length === 1) choose(spot.members[0].id);
      else openCluster(spot, controls);
    });
    map.on('dblclick', (event) => {
      const spot = scene.at(event.containerPoint.x, event.containerPoint.y);
      if (spot && spot.members.length === 1) tell({ is: 'activated', id: spot.members[0].id });
    });
    map.on('mousemove', (event) => {
      const spot = scene.at(event.containerPoint.x, event.containerPoint.y);
      container.classList.toggle('pointing', Boolean(spot));
      if (controls.list.hidden) controls.hover(spot, event.containerPoint.x, event.containerPoint.y);
    });
    map.on('mouseout movestart', () => controls.hover(null, 0, 0));
    map.on('zoomstart dragstart', () => controls.close());
    map.on('moveend', () => {
      clearTimeout(rest);
      rest = setTimeout(tellExtent, 150);
    });
    container.addEventListener('keydown', (event) => {
      if (event.key === 'Home') fit();
      else if (event.key === 'Escape') controls.close();
      else if (event.key === 'Enter' && event.target === container && scene.board.selected !== null) {
        tell({ is: 'activated', id: scene.board.selected });
      } else return;
      event.preventDefault();
    });
    window.addEventListener('focus', () => {
      if (document.activeElement === document.body) container.focus({ preventScroll: true });
    });
  }

  function tellExtent() {
    const bounds = map.getBounds();
    const inside = (value) => Math.max(-90, Math.min(90, value));
    tell({
      is: 'extent',
      south: inside(bounds.getSouth()),
      west: bounds.getWest(),
      north: inside(bounds.getNorth()),
      east: bounds.getEast(),
      zoom: map.getZoom(),
    });
  }

  function connect(told) {
    return new Promise((resolve) => {
      new QWebChannel(qt.webChannelTransport, (channel) => {
        const mailbox = channel.objects.gwanje;
        tell = (report) => mailbox.tell(JSON.stringify(report));
        mailbox.said.connect((verb, json) => window.gwanjeMap[verb](JSON.parse(json)));
        resolve(told);
      });
    });
  }

  fetch('layers.json')
    .then((answer) => answer.json())
    .then(connect)
    .then((told) => {
      start(told);
      tell({ is: 'ready' });
    })
    .catch((error) => {
      console.error(String(error));
      tell({ is: 'failed', what: String(error).slice(0, 400) });
    });
})(window.gwanje);
