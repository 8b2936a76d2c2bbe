// Buttons, switches and cards over the map. Every text is set as textContent or as an attribute, never as markup.
'use strict';

(function (gwanje) {
  const ICONS = {
    zoom_in: 'M5 10H15M10 5V15',
    zoom_out: 'M5 10H15',
    fit: 'M4 8V4H8M16 8V4H12M4 12V16H8M16 12V16H12M8 8H12V12H8Z',
    layers: 'M3 7L10 4L17 7L10 10ZM3 10.5L10 13.5L17 10.5M3 14L10 17L17 14',
  };
  const TOGGLES = ['areas', 'trunk', 'labels', 'vessels', 'trucks'];
  const MOST_MEMBERS = 12;

  gwanje.fill = function (pattern, fields) {
    return Object.entries(fields).reduce((text, [name, value]) => text.split('{' + name + '}').join(String(value)), pattern);
  };

  function element(tag, className, parent) {
    const made = document.createElement(tag);
    made.className = className;
    parent.appendChild(made);
    return made;
  }

  function icon(path) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 20 20');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('d', path);
    svg.appendChild(line);
    return svg;
  }

  // What a card says of a mark; the same three lines as the native map's card.
  gwanje.cardLines = function (mark, words) {
    const facts = mark.label ? [mark.label] : [];
    if (mark.speed !== null) facts.push(gwanje.fill(words.speed, { n: Math.round(mark.speed * 3.6) }));
    if (mark.heading !== null) {
      const degrees = Math.round(((mark.heading % 360) + 360) % 360);
      facts.push(gwanje.fill(words.heading, { n: String(degrees).padStart(3, '0') }));
    }
    const state = mark.plate.says.map((key) => words['state.' + key]).join(' · ');
    return [mark.name || mark.id, facts.join(' · '), state].filter((line) => line);
  };

  class Controls {
    constructor(map, actions) {
      this.map = map;
      this.words = {};
      this.hidden = new Set();
      this.buttons = {};
      this.switches = {};
      const root = map.getContainer();
      this.column = element('div', 'gw-controls', root);
      this.panel = element('div', 'gw-card gw-switches', root);
      this.card = element('div', 'gw-card gw-hover', root);
      this.list = element('div', 'gw-card gw-list', root);
      this.credit = element('div', 'gw-credit', root);
      this.frost = element('div', 'gw-frost', root);
      this.frostTitle = element('strong', '', element('div', 'gw-frost-text', this.frost));
      this.frostText = element('span', '', this.frost.firstChild);
      for (const part of [this.panel, this.card, this.list, this.frost]) part.hidden = true;
      this.addButton('zoom_in', actions.zoomIn);
      this.addButton('zoom_out', actions.zoomOut);
      this.addButton('fit', actions.fit);
      this.addButton('layers', () => this.fold());
      for (const name of TOGGLES) this.addSwitch(name, actions.hide);
      this.choose = actions.choose;
      for (const part of [this.column, this.panel, this.list]) {
        L.DomEvent.disableClickPropagation(part);
        L.DomEvent.disableScrollPropagation(part);
      }
    }

    addButton(name, act) {
      const button = element('button', 'gw-button', this.column);
      button.type = 'button';
      button.appendChild(icon(ICONS[name]));
      button.addEventListener('click', act);
      this.buttons[name] = button;
    }

    addSwitch(name, hide) {
      const row = element('label', 'gw-switch', this.panel);
      const box = element('input', '', row);
      box.type = 'checkbox';
      box.checked = true;
      this.switches[name] = { box: box, text: element('span', '', row) };
      box.addEventListener('change', () => {
        if (box.checked) this.hidden.delete(name);
        else this.hidden.add(name);
        hide(this.hidden);
      });
    }

    speak(words, credit) {
      this.words = words;
      for (const [name, button] of Object.entries(this.buttons)) {
        button.title = words['controls.' + name];
        button.setAttribute('aria-label', words['controls.' + name]);
      }
      for (const [name, item] of Object.entries(this.switches)) item.text.textContent = words['layers.' + name];
      this.credit.textContent = credit ? gwanje.fill(words.credit, { text: credit }) : '';
      this.frostTitle.textContent = words.frozen;
      const root = this.map.getContainer();
      root.setAttribute('aria-label', words.title + '. ' + words.help);
      root.setAttribute('role', 'application');
      document.title = words.title;
    }

    fold() {
      this.panel.hidden = !this.panel.hidden;
      this.buttons.layers.setAttribute('aria-expanded', String(!this.panel.hidden));
    }

    freeze(since) {
      this.frost.hidden = since === null;
      this.frostText.textContent = since || '';
      document.body.classList.toggle('frozen', since !== null);
    }

    hover(spot, x, y) {
      if (!spot) {
        this.card.hidden = true;
        return;
      }
      const members = spot.members;
      const lines =
        members.length === 1
          ? gwanje.cardLines(members[0], this.words)
          : [gwanje.fill(this.words.cluster, { n: members.length }), ...members.slice(0, 5).map((mark) => mark.name || mark.id)];
      this.card.replaceChildren();
      for (const line of lines) element('div', '', this.card).textContent = line;
      this.card.hidden = false;
      const size = this.map.getSize();
      const box = this.card.getBoundingClientRect();
      this.card.style.left = Math.max(4, Math.min(x + 16, size.x - box.width - 4)) + 'px';
      this.card.style.top = (y + 16 + box.height < size.y ? y + 16 : Math.max(4, y - 16 - box.height)) + 'px';
    }

    open(spot) {
      const members = [...spot.members].sort(
        (one, other) => (one.plate.priority || 9) - (other.plate.priority || 9) || (one.name < other.name ? -1 : 1)
      );
      this.list.replaceChildren();
      for (const mark of members.slice(0, MOST_MEMBERS)) {
        const row = element('button', 'gw-member', this.list);
        row.type = 'button';
        row.textContent = (mark.name || mark.id) + (mark.label ? '  ' + mark.label : '');
        row.addEventListener('click', () => {
          this.close();
          this.choose(mark.id);
        });
      }
      if (members.length > MOST_MEMBERS) {
        element('div', 'gw-more', this.list).textContent = gwanje.fill(this.words.more, { n: members.length - MOST_MEMBERS });
      }
      this.card.hidden = true;
      this.list.hidden = false;
      const size = this.map.getSize();
      const box = this.list.getBoundingClientRect();
      this.list.style.left = Math.max(4, Math.min(spot.x + 20, size.x - box.width - 8)) + 'px';
      this.list.style.top = Math.max(4, Math.min(spot.y, size.y - box.height - 8)) + 'px';
      this.list.querySelector('button').focus();
    }

    close() {
      if (this.list.hidden) return false;
      this.list.hidden = true;
      this.map.getContainer().focus({ preventScroll: true });
      return true;
    }
  }

  gwanje.Controls = Controls;
  gwanje.MOST_MEMBERS = MOST_MEMBERS;
})(window.gwanje);
