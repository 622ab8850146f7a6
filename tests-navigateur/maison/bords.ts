// The contrast of what is not a word: the edge of a field, of a box to tick, of a button, and the mark of the keyboard (RGAA 3.3).
import type { Page } from "@playwright/test";

/** What does not stand out at three to one from what surrounds it. */
export function malVisibles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const toile = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const lire = (css: string): [number, number, number, number] => {
      if (!toile) return [0, 0, 0, 1];
      toile.canvas.width = toile.canvas.height = 1;
      toile.fillStyle = css;
      toile.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 255] = toile.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const fondDe = (e: Element | null): [number, number, number, number] => {
      if (!e) return [255, 255, 255, 1];
      const fond = lire(getComputedStyle(e).backgroundColor);
      return fond[3] === 1 ? fond : fondDe(e.parentElement);
    };
    const clarte = ([r, g, b]: [number, number, number, number]): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const rapport = (a: [number, number, number, number], b: [number, number, number, number]): number => {
      const [clair = 0, sombre = 0] = [clarte(a), clarte(b)].sort((x, y) => y - x);
      return (clair + 0.05) / (sombre + 0.05);
    };
    const griefs: string[] = [];
    const dire = (e: Element, quoi: string, vu: number): unknown => vu < 3 && griefs.push(`${quoi} : ${vu.toFixed(2)} pour 1, ${e.outerHTML.slice(0, 120)}`);
    const bord = (style: CSSStyleDeclaration, fond: [number, number, number, number]): number =>
      style.borderBottomStyle === "none" || parseFloat(style.borderBottomWidth) === 0 ? 1 : rapport(lire(style.borderBottomColor), fond);
    for (const e of document.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), select, textarea")) {
      if (!e.checkVisibility() || e.disabled || e.type === "file") continue;
      const autour = fondDe(e.parentElement);
      const dessin = /^(radio|checkbox)$/.test(e.type) && e.labels?.[0] ? getComputedStyle(e.labels[0], "::before") : getComputedStyle(e);
      dire(e, "bord du champ", bord(dessin, autour));
    }
    for (const e of document.querySelectorAll<HTMLButtonElement>("button, a.govuk-button")) {
      const style = getComputedStyle(e);
      // Underlined words are a button by their words.
      if (!e.checkVisibility() || e.disabled || style.textDecorationLine.includes("underline")) continue;
      const autour = fondDe(e.parentElement);
      dire(e, "bord du bouton", Math.max(bord(style, autour), rapport(fondDe(e), autour)));
    }
    // The mark of the keyboard: two rings, or a background of its own; one of them stands out on any page.
    for (const e of [...document.querySelectorAll<HTMLElement>("main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary")].filter((e) => e.checkVisibility()).slice(0, 40)) {
      e.focus({ focusVisible: true } as FocusOptions);
      const style = getComputedStyle(/^(radio|checkbox)$/.test((e as HTMLInputElement).type) ? (e as HTMLInputElement).labels?.[0] ?? e : e);
      const peint = getComputedStyle(e);
      const anneaux = [style, peint, ...(e.matches("[type=radio], [type=checkbox]") && (e as HTMLInputElement).labels?.[0] ? [getComputedStyle((e as HTMLInputElement).labels![0]!, "::before")] : [])];
      const couleurs = anneaux.flatMap((s) => [s.backgroundColor, ...(s.outlineStyle === "none" ? [] : [s.outlineColor]), ...(s.boxShadow.match(/rgba?\([^)]*\)|color\([^)]*\)/g) ?? [])]);
      const autour = fondDe(e.parentElement);
      dire(e, "repère du clavier", Math.max(1, ...couleurs.map(lire).filter(([, , , a]) => a === 1).map((c) => rapport(c, autour))));
    }
    return griefs;
  });
}
