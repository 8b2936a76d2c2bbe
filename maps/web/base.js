// Base layers: one Leaflet path per layer and kind of geometry, dressed by the table that came with it.
'use strict';

(function (gwanje) {
  class Base {
    constructor(map, told) {
      this.map = map;
      this.layers = told.layers;
      this.hidden = new Set();
      this.colours = null;
      this.paths = told.layers.map((layer) => this.build(layer));
      map.on('zoomend', () => this.show());
      this.show();
    }

    build(layer) {
      const polygons = [];
      const lines = [];
      const spots = [];
      for (const item of layer.features) {
        polygons.push(...item.polygons);
        lines.push(...item.lines);
        spots.push(...item.points);
      }
      const bare = { interactive: false, smoothFactor: 0.6 };
      const group = L.layerGroup([], bare);
      if (polygons.length) group.addLayer(L.polygon(polygons, bare));
      if (lines.length) group.addLayer(L.polyline(lines, { ...bare, fill: false }));
      for (const spot of spots) group.addLayer(L.circleMarker(spot, { ...bare, radius: 2.5 }));
      return group;
    }

    dress(colours) {
      this.colours = colours;
      this.layers.forEach((layer, index) => {
        const style = layer.style;
        const dressed = {
          stroke: Boolean(style.line),
          color: colours[style.line] || '',
          weight: style.width,
          opacity: 1,
          dashArray: style.dash.length ? style.dash.join(' ') : null,
          fillColor: colours[style.fill] || '',
          fillOpacity: style.fill_opacity,
        };
        this.paths[index].eachLayer((path) => {
          const isArea = path instanceof L.Polygon || path instanceof L.CircleMarker;
          path.setStyle({ ...dressed, fill: Boolean(style.fill) && isArea });
        });
      });
    }

    hide(hidden) {
      this.hidden = hidden;
      this.show();
    }

    show() {
      const zoom = this.map.getZoom();
      this.layers.forEach((layer, index) => {
        const wanted = zoom >= layer.style.from_zoom && !this.hidden.has(layer.style.toggle);
        if (wanted === this.map.hasLayer(this.paths[index])) return;
        if (wanted) this.map.addLayer(this.paths[index]);
        else this.map.removeLayer(this.paths[index]);
      });
      // A layer that comes back must not cover those that belong above it.
      for (const group of this.paths) {
        if (this.map.hasLayer(group)) group.eachLayer((path) => path.bringToFront());
      }
    }

    names(zoom, lang) {
      const found = [];
      for (const layer of this.layers) {
        const style = layer.style;
        if (!style.label || zoom < style.label_zoom || this.hidden.has(style.toggle)) continue;
        for (const item of layer.features) {
          const text = lang === 'en' ? item.en || item.ko : item.ko || item.en;
          if (text && item.at) found.push({ text: text, at: item.at, px: style.label_px, ink: style.label });
        }
      }
      return found.sort((one, other) => other.px - one.px || (one.text < other.text ? -1 : 1));
    }
  }

  gwanje.Base = Base;
})(window.gwanje);
