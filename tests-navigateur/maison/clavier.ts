// A hand on the keyboard and nothing else.
import { type JSHandle, type Locator, type Page, expect } from "@playwright/test";

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

const ARRETS_MAX = 250;

/**
 * Goes to this element with Tab, forward or back, as a hand does: past the header by its first link when what is wanted is in
 * the content. Among radio buttons Tab stops once, arrows do the rest. Every stop shows that it has the focus.
 */
export async function allerA(page: Page, cible: Locator): Promise<void> {
  await cible.waitFor({ state: "attached" });
  const but = await cible.elementHandle();
  if (!but) throw new Error(`rien où aller : ${cible}`);
  const dire = (await page.evaluateHandle(`(${decrire})`)) as JSHandle<() => Arret>;
  const pas = () =>
    but.evaluate((but, dire) => {
      const ici = document.activeElement;
      const { nom, visible } = (dire as unknown as () => Arret)();
      const groupe = (e: Element | null): string => (e instanceof HTMLInputElement && e.type === "radio" ? e.name : "");
      if (ici === but) return { nom, visible, touche: "" };
      if (groupe(but) !== "" && groupe(ici) === groupe(but)) return { nom, visible, touche: "ArrowDown" };
      if (!ici || ici === document.body) return { nom: "", visible: true, touche: but.closest("main") ? "sauter" : "Tab" };
      const apres = (ici.compareDocumentPosition(but) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      return { nom: ici.matches("main") ? "" : nom, visible, touche: apres ? "Tab" : "Shift+Tab" };
    }, dire);
  const vus: string[] = [];
  for (let i = 0; i < ARRETS_MAX; i += 1) {
    const { nom, visible, touche } = await pas();
    if (nom !== "") expect(visible, `le repère du clavier se voit sur « ${nom} »`).toBe(true);
    if (touche === "") return;
    vus.push(nom);
    if (touche === "sauter") {
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    } else await page.keyboard.press(touche);
  }
  throw new Error(`${cible} ne s’atteint pas au clavier. Arrêts : ${vus.join(" | ")}`);
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
