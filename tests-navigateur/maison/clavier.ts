// A hand on the keyboard and nothing else.
import type { JSHandle, Page } from "@playwright/test";

export interface Arret {
  nom: string;
  visible: boolean;
}

interface Memoire {
  premier: Element | null;
  vu: Element | null;
  decrire: typeof decrire;
}

/** What has the focus, by its words, and whether an eye can see that it has it. */
function decrire(): Arret {
  const element = document.activeElement as HTMLInputElement;
  const nom = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent ?? "";
  const montre = (e: Element | null | undefined): boolean => {
    if (!e) return false;
    const styles = [getComputedStyle(e), getComputedStyle(e, "::before")];
    return styles.some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 && !/(, |\/ )0\)$|transparent/.test(s.outlineColor)) || s.boxShadow !== "none");
  };
  return { nom: nom.replace(/\s+/g, " ").trim(), visible: montre(element) || montre(element.labels?.[0]) };
}

export function arret(page: Page): Promise<Arret> {
  return page.evaluate(decrire);
}

/**
 * As many stops as there may be, at most: a trap is a page that is not over when they are. A date has one for its day, its
 * month, its year and its calendar; what scrolls on its own has one too.
 */
function arretsAuPlus(page: Page): Promise<number> {
  return page.evaluate(() => {
    const arrets = [...document.querySelectorAll<HTMLElement>("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
    const vus = arrets.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !(e as HTMLButtonElement).disabled);
    const dates = vus.filter((e) => e.matches("[type=date], [type=datetime-local], [type=month], [type=time], [type=week]"));
    const defilent = [...document.querySelectorAll("body *")].filter((e) => {
      if (e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight) return false;
      const { overflowX, overflowY } = getComputedStyle(e);
      return /auto|scroll/.test(overflowX + overflowY);
    });
    return vus.length + 6 * dates.length + defilent.length;
  });
}

/**
 * The whole page with Tab: every stop is visible and stands after the one before, and the last one is left behind.
 */
export async function parcourir(page: Page): Promise<string[]> {
  const griefs: string[] = [];
  const attendus = await arretsAuPlus(page);
  const memoire = await page.evaluateHandle(`({ premier: null, vu: null, decrire: ${decrire} })`);
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    window.scrollTo(0, 0);
  });
  for (let i = 0; i <= attendus; i += 1) {
    await page.keyboard.press("Tab");
    const pas = await (memoire as JSHandle<Memoire>).evaluate((memoire) => {
      const ici = document.activeElement;
      // The browser starts again from the top: the page was left.
      if (!ici || ici === document.body || ici === memoire.premier) return null;
      // A date has a stop for its day, its month, its year.
      const apres = !memoire.vu || memoire.vu === ici || (memoire.vu.compareDocumentPosition(ici) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      memoire.premier ??= ici;
      memoire.vu = ici;
      return { apres, ...memoire.decrire() };
    });
    if (!pas) return griefs;
    if (!pas.apres) return [...griefs, `« ${pas.nom} » revient en arrière`];
    if (!pas.visible) griefs.push(`le repère du clavier ne se voit pas sur « ${pas.nom} »`);
  }
  return [...griefs, `piège au clavier : la page n’est pas finie après ${attendus} arrêts`];
}
