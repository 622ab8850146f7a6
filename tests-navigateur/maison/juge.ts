// What every page must satisfy, whatever the persona.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Page, expect, test } from "@playwright/test";
import { premier } from "./atelier.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * axe with all its rules: none is disabled, best practices included. A page without script has no timers either: axe's own
 * are promises there, and what it waits for at most never comes.
 */
async function defauts(page: Page, scripts: boolean): Promise<string[]> {
  if (!scripts) {
    await page.evaluate(() => {
      const bientot = (geste: () => void, ms = 0): number => {
        if (ms < 1000) void Promise.resolve().then(geste);
        return 0;
      };
      window.setTimeout = bientot as typeof window.setTimeout;
    });
  }
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap((v) => v.nodes.map((noeud) => `${v.id} (${v.help}) : ${noeud.html.slice(0, 200)}`));
  });
}

/**
 * What a page is to axe: its address, its window, its elements. axe looks at whether there are words, not at which: a list
 * of other communes, another project, another day are the same page.
 */
function empreinte(adresse: string, html: string, largeur: number): string {
  const reference = (texte: string): string => texte.replace(/\/projets\/(?!nouveau\b)[a-z0-9]{8}\b/g, "/projets/REFERENCE");
  const elements = html
    .replace(/nonce="[^"]*"|name="_\w+" value="[^"]*"/g, "")
    .replace(/\b(href|action|value|title|alt|aria-label|content|d|points)="[^"]+"/g, '$1="…"')
    .replace(/>([^<>{}]+)</g, (_, mots: string) => (mots.trim() === "" ? "><" : ">…<"));
  return [largeur, new URL(reference(adresse)).pathname, reference(elements)].join("\n");
}

/** The same page seen twice is judged once, whoever sees it first. */
export async function juger(page: Page, scripts: boolean): Promise<void> {
  const html = await test.step("pages relues", () => page.content());
  await defilement(page);
  if (!premier(empreinte(page.url(), html, page.viewportSize()?.width ?? 0))) return;
  await test.step("axe", () => jugerUneFois(page, scripts));
}

/** Words may be long: looked at each time. */
async function defilement(page: Page): Promise<void> {
  const largeurs = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect.soft(largeurs[0], `défilement horizontal : ${page.url()}`).toBeLessThanOrEqual(largeurs[1] ?? 0);
}

async function jugerUneFois(page: Page, scripts: boolean): Promise<void> {
  expect.soft(await defauts(page, scripts), `axe : ${page.url()}`).toEqual([]);
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
