// `test` of the house: a server per worker, people who visit it, nothing forgiven at the end.
import { test as base, expect } from "@playwright/test";
import { modele } from "./atelier.js";
import { type Serveur, demarrer } from "./serveur.js";
import { Visite } from "./visite.js";

export interface Options {
  /** Pictures are taken in this project. */
  capturable: boolean;
}

/** Where someone arrives, when it is not the demonstration of the worker. */
export interface Lieu {
  site: string;
  voisins?: string[];
}

interface Essai extends Options {
  /** Someone new, in a browser that knows nothing. */
  arrive: (lieu?: Lieu) => Promise<Visite>;
}

interface Ouvrier {
  serveur: Serveur;
}

export const test = base.extend<Essai, Ouvrier>({
  capturable: [false, { option: true }],
  serveur: [
    async ({}, prete) => {
      const serveur = await demarrer(modele());
      await prete(serveur);
      await serveur.arreter();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  arrive: async ({ browser, serveur, javaScriptEnabled, viewport, capturable, deviceScaleFactor }, prete) => {
    const griefs: string[] = [];
    const contextes: Array<{ close(): Promise<void> }> = [];
    await prete(async ({ site, voisins = [] } = { site: serveur.url }) => {
      const contexte = await browser.newContext({ javaScriptEnabled, viewport, locale: "fr-FR", deviceScaleFactor: deviceScaleFactor ?? 1 });
      contextes.push(contexte);
      return Visite.commencer(contexte, { site, voisins, scripts: javaScriptEnabled, capturable, griefs });
    });
    for (const contexte of contextes) await contexte.close();
    expect(griefs, "console, tiers, politique de sécurité").toEqual([]);
  },
});

export { expect };
