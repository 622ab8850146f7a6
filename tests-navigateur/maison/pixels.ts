// The contrast of each text as an eye meets it: its colour against the pixels behind it, whatever painted them.
import type { BrowserContext, Page } from "@playwright/test";

interface Texte {
  mots: string;
  couleur: [number, number, number, number];
  grand: boolean;
  x: number;
  y: number;
  l: number;
  h: number;
}

/** Every visible line of text of the page, with its colour. What is disabled is left out, as WCAG 1.4.3 does. */
function textes(page: Page): Promise<Texte[]> {
  return page.evaluate(() => {
    const trouves: Texte[] = [];
    const toile = document.createElement("canvas").getContext("2d");
    const connues = new Map<string, [number, number, number, number]>();
    const couleur = (css: string): [number, number, number, number] => {
      const deja = connues.get(css);
      if (deja || !toile) return deja ?? [0, 0, 0, 1];
      toile.canvas.width = toile.canvas.height = 1;
      toile.fillStyle = css;
      toile.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 255] = toile.getImageData(0, 0, 1, 1).data;
      connues.set(css, [r, g, b, a / 255]);
      return [r, g, b, a / 255];
    };
    // Left to screen readers alone, like the head of a table that becomes cards.
    const decoupe = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).clipPath === "inset(50%)" || decoupe(element.parentElement));
    const noeuds = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let noeud = noeuds.nextNode(); noeud; noeud = noeuds.nextNode()) {
      const parent = noeud.parentElement;
      const mots = noeud.textContent?.trim() ?? "";
      if (!parent || !mots || parent.closest("script, style, option, noscript, :disabled") || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const style = getComputedStyle(parent);
      const svg = parent instanceof SVGElement;
      const taille = parseFloat(style.fontSize);
      const etendue = document.createRange();
      etendue.selectNodeContents(noeud);
      for (const boite of etendue.getClientRects()) {
        // What is only for screen readers is one pixel.
        if (boite.width < 3 || boite.height < 3) continue;
        if (parent.closest(".govuk-visually-hidden, .govuk-skip-link") || decoupe(parent)) continue;
        trouves.push({
          mots: mots.slice(0, 60),
          couleur: couleur(svg ? style.fill : style.color),
          grand: taille >= 24 || (taille >= 18.66 && Number(style.fontWeight) >= 700),
          x: boite.x + scrollX,
          y: boite.y + scrollY,
          l: boite.width,
          h: boite.height,
        });
      }
    }
    return trouves;
  });
}

/**
 * The texts of this page that are hard to read: under 4.5 to 1, or 3 to 1 for large ones. The page is photographed without
 * its letters, then each text is compared with the colours that cover at least a twentieth of its box.
 */
export async function malLisibles(page: Page, laboratoire: BrowserContext): Promise<string[]> {
  const vus = await textes(page);
  await page.evaluate(() => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync("*, *::before, *::after { color: transparent !important; text-decoration-color: transparent !important; text-shadow: none !important; caret-color: transparent !important; } svg text { fill: transparent !important; }");
    document.adoptedStyleSheets = [feuille];
  });
  const photo = (await page.screenshot({ fullPage: true, animations: "disabled" })).toString("base64");
  await page.evaluate(() => (document.adoptedStyleSheets = []));
  const atelier = await laboratoire.newPage();
  try {
    return await atelier.evaluate(async ({ photo, vus }) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${photo}`)).blob());
      const toile = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
      if (!toile) return ["pas de toile"];
      toile.drawImage(image, 0, 0);
      const lumiere = (c: number[]): number => {
        const [r = 0, g = 0, b = 0] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const rapport = (a: number[], b: number[]): number => {
        const [clair = 0, sombre = 0] = [lumiere(a), lumiere(b)].sort((x, y) => y - x);
        return (clair + 0.05) / (sombre + 0.05);
      };
      const griefs = new Set<string>();
      for (const { mots, couleur, grand, x, y, l, h } of vus) {
        const [gx, gy] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))];
        const [gl, gh] = [Math.min(Math.ceil(l), image.width - gx), Math.min(Math.ceil(h), image.height - gy)];
        if (gl < 1 || gh < 1) continue;
        const { data } = toile.getImageData(gx, gy, gl, gh);
        const nombres = new Map<number, number>();
        const noter = (cle: number, suite: number): unknown => nombres.set(cle, (nombres.get(cle) ?? 0) + suite);
        // A background is long runs of one colour.
        let [encours, suite] = [-1, 0];
        for (let i = 0; i < data.length; i += 4) {
          const cle = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
          if (cle === encours) suite += 1;
          else {
            if (suite) noter(encours, suite);
            [encours, suite] = [cle, 1];
          }
        }
        noter(encours, suite);
        for (const [cle, nombre] of nombres) {
          if (nombre < (gl * gh) / 20) continue;
          const fond = [cle >> 16, (cle >> 8) & 255, cle & 255];
          const [r, g, b, a] = couleur;
          const encre = [r, g, b].map((v, i) => v * a + (fond[i] ?? 0) * (1 - a));
          const vu = rapport(encre, fond);
          if (vu < (grand ? 3 : 4.5)) griefs.add(`« ${mots} » : ${vu.toFixed(2)} pour 1, rgb(${encre.map(Math.round).join(" ")}) sur rgb(${fond.join(" ")})`);
        }
      }
      return [...griefs];
    }, { photo, vus });
  } finally {
    await atelier.close();
  }
}
