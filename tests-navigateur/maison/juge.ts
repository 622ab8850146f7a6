// What every page must satisfy, whatever the persona.
import { type BrowserContext, type Page, expect } from "@playwright/test";
import axe from "axe-core";

/** axe with all its rules: none is disabled, best practices included. */
async function defauts(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap((v) => v.nodes.map((noeud) => `${v.id} (${v.help}) : ${noeud.html.slice(0, 200)}`));
  });
}

/**
 * Judges pages for one worker. A page without script cannot run axe itself: what the browser made of it is shown again,
 * at the same address, in a second context where scripts run but where the page's own script is refused.
 */
export class Juge {
  private readonly vues = new Set<string>();

  constructor(private readonly relecture: BrowserContext) {}

  async juger(page: Page, scripts: boolean): Promise<void> {
    const adresse = page.url();
    const html = await page.content();
    // The same page seen twice is judged once: only the tokens of its forms differ.
    const empreinte = `${adresse.replace(/[?#].*$/, "")}\n${html.replace(/(nonce|value)="[^"]{20,}"/g, "")}`;
    if (this.vues.has(empreinte)) return;
    this.vues.add(empreinte);
    const largeurs = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect.soft(largeurs[0], `défilement horizontal : ${adresse}`).toBeLessThanOrEqual(largeurs[1] ?? 0);
    const trouves = scripts ? await defauts(page) : await this.relire(adresse, html, page.viewportSize());
    expect.soft(trouves, `axe : ${adresse}`).toEqual([]);
  }

  private async relire(adresse: string, html: string, taille: ReturnType<Page["viewportSize"]>): Promise<string[]> {
    const page = await this.relecture.newPage();
    try {
      if (taille) await page.setViewportSize(taille);
      await page.route("**/*", (route) => {
        const demande = route.request();
        if (demande.isNavigationRequest()) return route.fulfill({ body: html, contentType: "text/html; charset=utf-8" });
        return demande.resourceType() === "script" ? route.abort() : route.continue();
      });
      await page.goto(adresse);
      return await defauts(page);
    } finally {
      await page.close();
    }
  }
}

/**
 * Errors of the console, requests to anyone else, refusals by the content security policy: gathered as they come. What a
 * neighbour's own pages do is not ours to judge.
 */
export function surveiller(page: Page, site: string, voisins: string[], griefs: string[]): void {
  const chez = (qui: string[], url: string): boolean => qui.some((debut) => url.startsWith(debut));
  const noter = (grief: string): void => {
    if (!chez(voisins, page.url())) griefs.push(grief);
  };
  page.on("console", (message) => {
    // The browser says so itself when the document is a 422 or a 404: the journey wanted it.
    const voulu = message.text().startsWith("Failed to load resource") && message.location().url === page.url();
    if (message.type() === "error" && !voulu) noter(`console : ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (erreur) => noter(`script : ${erreur.message} (${page.url()})`));
  page.on("request", (demande) => {
    const url = demande.url();
    if (!chez([site, ...voisins, "data:"], url)) noter(`requête vers un tiers : ${url}`);
  });
}
