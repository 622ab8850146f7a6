// Reference pictures: kept small (WebP, half size), compared square by square, since one word changed is little of a page.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";

/** What a comparison found, and the difference as a picture. */
export interface Ecart {
  grief: string;
  difference?: Buffer;
}

// A shade of a pixel may change from one machine to another; a letter changes dozens of pixels of its square.
const NUANCE = 48;
const CARRE = 24;
const PIXELS_PAR_CARRE = 24;
const QUALITE = 0.5;

/** Nothing that moves (a progress without end does, in every browser), and no typeface of the machine. */
const FEUILLE = `*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
  progress:indeterminate { visibility: hidden !important; }
  code, pre, kbd, samp { font-family: inherit !important; }`;

/** The page as a small picture, whole or one window high. */
export async function photographier(page: Page, laboratoire: BrowserContext, entiere = true): Promise<Buffer> {
  await page.evaluate(async (regles) => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync(regles);
    document.adoptedStyleSheets = [feuille];
    await document.fonts.ready;
  }, FEUILLE);
  const photo = await page.screenshot({ fullPage: entiere, animations: "disabled" });
  return travailler(laboratoire, async (atelier) => {
    const webp = await atelier.evaluate(
      async ({ photo, qualite }) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${photo}`)).blob());
        const toile = new OffscreenCanvas(image.width, image.height);
        toile.getContext("2d")?.drawImage(image, 0, 0);
        return window.enBase64(await toile.convertToBlob({ type: "image/webp", quality: qualite }));
      },
      { photo: photo.toString("base64"), qualite: QUALITE },
    );
    return Buffer.from(webp, "base64");
  });
}

/** Compares with the picture kept there; keeps this one instead when asked to. */
export async function comparer(chemin: string, vue: Buffer, laboratoire: BrowserContext, ecrire: boolean): Promise<Ecart | undefined> {
  if (ecrire) {
    mkdirSync(dirname(chemin), { recursive: true });
    // The same to the eye stays the same to git.
    const meme = existsSync(chemin) && !(await difference(readFileSync(chemin), vue, laboratoire));
    if (!meme) writeFileSync(chemin, vue);
    return undefined;
  }
  if (!existsSync(chemin)) return { grief: "aucune image de référence : REFERENCES=1 script/test-navigateur --project=references" };
  const voulue = readFileSync(chemin);
  return voulue.equals(vue) ? undefined : difference(voulue, vue, laboratoire);
}

async function difference(voulue: Buffer, vue: Buffer, laboratoire: BrowserContext): Promise<Ecart | undefined> {
  const trouve = await travailler(laboratoire, (atelier) =>
    atelier.evaluate(
      async ({ images, nuance, carre, permis }) => {
        const lire = async (base64: string): Promise<ImageData> => {
          const image = await createImageBitmap(await (await fetch(`data:image/webp;base64,${base64}`)).blob());
          const toile = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
          if (!toile) throw new Error("pas de toile");
          toile.drawImage(image, 0, 0);
          return toile.getImageData(0, 0, image.width, image.height);
        };
        const [a, b] = [await lire(images[0] ?? ""), await lire(images[1] ?? "")];
        if (a.width !== b.width || a.height !== b.height) return { grief: `${b.width} × ${b.height}, et non ${a.width} × ${a.height}`, image: "" };
        const carres = new Map<number, number>();
        const colonnes = Math.ceil(a.width / carre);
        const dessin = new OffscreenCanvas(a.width, a.height);
        const plume = dessin.getContext("2d");
        plume?.putImageData(b, 0, 0);
        for (let i = 0; i < a.data.length; i += 4) {
          const proche = (c: number): boolean => Math.abs((a.data[i + c] ?? 0) - (b.data[i + c] ?? 0)) <= nuance;
          if (proche(0) && proche(1) && proche(2)) continue;
          const [x, y] = [(i / 4) % a.width, Math.floor(i / 4 / a.width)];
          const place = Math.floor(y / carre) * colonnes + Math.floor(x / carre);
          carres.set(place, (carres.get(place) ?? 0) + 1);
        }
        const changes = [...carres].filter(([, pixels]) => pixels > permis).map(([place]) => place);
        if (!changes.length || !plume) return undefined;
        plume.strokeStyle = "#f0f";
        plume.lineWidth = 2;
        for (const place of changes) plume.strokeRect((place % colonnes) * carre, Math.floor(place / colonnes) * carre, carre, carre);
        const image = await window.enBase64(await dessin.convertToBlob({ type: "image/png" }));
        const premier = changes[0] ?? 0;
        return { grief: `${changes.length} carrés changés, le premier vers ${(premier % colonnes) * carre * 2} × ${Math.floor(premier / colonnes) * carre * 2}`, image };
      },
      { images: [voulue.toString("base64"), vue.toString("base64")], nuance: NUANCE, carre: CARRE, permis: PIXELS_PAR_CARRE },
    ),
  );
  if (!trouve) return undefined;
  return trouve.image ? { grief: trouve.grief, difference: Buffer.from(trouve.image, "base64") } : { grief: trouve.grief };
}

declare global {
  interface Window {
    /** Put in the page that works on pictures. */
    enBase64: (image: Blob) => Promise<string>;
  }
}

async function travailler<T>(laboratoire: BrowserContext, faire: (page: Page) => Promise<T>): Promise<T> {
  const page = await laboratoire.newPage();
  try {
    await page.evaluate(() => {
      window.enBase64 = async (image) => {
        const octets = new Uint8Array(await image.arrayBuffer());
        let texte = "";
        for (const octet of octets) texte += String.fromCharCode(octet);
        return btoa(texte);
      };
    });
    return await faire(page);
  } finally {
    await page.close();
  }
}
