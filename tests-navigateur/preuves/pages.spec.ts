// Every kind of page, once, as each person who reaches it: the proofs of `maison/preuves.ts`, and the keyboard.
import { type Page, expect } from "@playwright/test";
import { parcourir } from "../maison/clavier.js";
import { test } from "../maison/essai.js";
import { decrire, demander, entrerComme, CAFE } from "../maison/gestes.js";
import { PREUVES } from "../maison/preuves.js";
import { PAGES, tournee } from "../maison/tournee.js";
import type { Visite } from "../maison/visite.js";

// Reached by a link that a mail holds once: the journeys show them, and judge them with axe.
const PAR_COURRIEL = ["/confirmation/{secret}", "/connexion/lien/{secret}", "/est-ce-bien-cela/{secret}", "/premier-agent/{secret}", "/relation/{secret}", "/connexion/code", "/c-est-notre-structure/{secret}"];
// Only after a file was sent: the journeys show them too.
const APRES_ENVOI = [
  "/tableau/import/{reference}", "/reglages/imports/annuaire/{id}", "/reglages/annuaire/doublons/{a}/{b}", "/reglages/annuaire/reunions/{id}",
  "/reglages/annuaire/revendications/{id}", "/reglages/annuaire/revendications/{id}/lettre", "/reglages/annuaire/propositions/{id}",
];

const ROLES: Array<[string, RegExp | undefined, string[]]> = [
  ["sans compte", undefined, ["/", "/recherche?q=commerce", "/communes?q=Cirey", "/communes/54129"]],
  ["maire", /Maire de Cirey/, ["/compte", "/projets"]],
  ["acteur", /Acteur de l’économie sociale/, ["/projets", "/compte"]],
  ["chargé territorial", /Chargé·e territorial·e/, ["/tableau"]],
  ["coordination", /Coordination/, ["/tableau"]],
  ["direction", /Direction/, ["/pilotage"]],
  ["facilitation", /Facilitateur/, ["/marches"]],
  ["agent du site", /Agent qui gère le site/, ["/reglages"]],
];

// What is green today, and the whole on demand: PREUVES=toutes script/test-navigateur --project=preuves pages
// What the whole still finds is told in docs/accessibilite.md.
const TOUTES = process.env["PREUVES"] === "toutes";

const vues = new Set<string>();
const titres = new Map<string, string>();

async function prouver(page: Page, route: string, griefs: string[], reponse: Parameters<(typeof PREUVES)[string]>[1]): Promise<void> {
  for (const [nom, preuve] of Object.entries(PREUVES)) {
    griefs.push(...(await preuve(page, reponse)).slice(0, 5).map((grief) => `${route} · ${nom} · ${grief}`));
  }
  griefs.push(...(await parcourir(page)).slice(0, 5).map((grief) => `${route} · clavier · ${grief}`));
  const titre = await page.title();
  const autre = titres.get(titre);
  if (autre) griefs.push(`${route} · titres-uniques · « ${titre} » est aussi le titre de ${autre}`);
  titres.set(titre, route);
}

/** What must exist for a page to be shown: a project, and a request that waits. */
async function preparer(visite: Visite, role: string, arrive: () => Promise<Visite>): Promise<string[]> {
  if (role === "maire") {
    const reference = await decrire(visite, CAFE);
    return ["", "/suite", "/precisions", "/pieces", "/publier", "/inviter", "/accompagnement", "/note"].map((fin) => `/projets/${reference}${fin}`);
  }
  if (role === "chargé territorial") {
    const reference = await demander(await arrive(), "preuves@exemple.invalid");
    return [`/projets/${reference}/suivi`];
  }
  if (role === "sans compte") {
    const reference = await decrire(visite, CAFE);
    return [`/projets/${reference}/resultat`, `/projets/${reference}/garder`];
  }
  return [];
}

for (const [nom, role, departs] of TOUTES ? ROLES : ROLES.slice(0, 1)) {
  test(`chaque page, ${nom}`, async ({ arrive }) => {
    test.setTimeout(600_000);
    const visite = await arrive();
    if (role) await entrerComme(visite, role);
    const propres = await preparer(visite, nom, arrive);
    const griefs: string[] = [];
    for await (const { route, reponse } of tournee(visite, vues, [...departs, ...propres])) await prouver(visite.page, route, griefs, reponse);
    expect(griefs).toEqual([]);
  });
}

test("aucune page n’est oubliée", async () => {
  test.skip(!TOUTES, "les pages des personnes connectées : PREUVES=toutes");
  expect(PAGES.length, "la table des droits est lue").toBeGreaterThan(50);
  const oubliees = PAGES.filter((page) => !vues.has(page) && !PAR_COURRIEL.includes(page) && !APRES_ENVOI.includes(page));
  expect(oubliees, "ajoutez de quoi l’atteindre dans ROLES ou preparer()").toEqual([]);
});
