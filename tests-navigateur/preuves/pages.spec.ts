// Every kind of page, once, as each person who reaches it: the proofs of `maison/preuves.ts`, and the keyboard.
import { type Page, expect } from "@playwright/test";
import { Carnet } from "../maison/atelier.js";
import { parcourir } from "../maison/clavier.js";
import { test } from "../maison/essai.js";
import { decrire, demander, entrerComme, CAFE } from "../maison/gestes.js";
import { PREUVES } from "../maison/preuves.js";
import { PAGES, tournee } from "../maison/tournee.js";
import type { Visite } from "../maison/visite.js";

// Reached by a link that a mail holds once: the journeys show them, and judge them with axe.
const PAR_COURRIEL = ["/annonce-d-un-reseau/{secret}", "/confirmer-une-fiche/{secret}", "/confirmation/{secret}", "/connexion/lien/{secret}", "/est-ce-bien-cela/{secret}", "/premier-agent/{secret}", "/relation/{secret}", "/connexion/code", "/c-est-notre-structure/{secret}", "/annuaire/{reference}/revendiquer/code"];
// The link of a weekly mail, which no journey waits for: `annuaire` tests its page.
const PAR_SEMAINE = ["/arreter-une-alerte/{secret}"];
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

// A page is proven once: the walks come one after the other.
test.describe.configure({ mode: "default" });

/** Each page proven, with its title. */
const vues = (): Carnet => new Carnet("pages");

async function prouver(page: Page, route: string, griefs: string[], reponse: Parameters<(typeof PREUVES)[string]>[1]): Promise<void> {
  for (const [nom, preuve] of Object.entries(PREUVES)) {
    const trouves = await test.step(`preuve ${nom}`, () => preuve(page, reponse));
    griefs.push(...trouves.slice(0, 5).map((grief) => `${route} · ${nom} · ${grief}`));
  }
  const trouves = await test.step("preuve clavier", () => parcourir(page));
  griefs.push(...trouves.slice(0, 5).map((grief) => `${route} · clavier · ${grief}`));
  const titre = await page.title();
  const [autre] = [...vues().lire()].find(([, deja]) => deja === titre) ?? [];
  if (autre) griefs.push(`${route} · titres-uniques · « ${titre} » est aussi le titre de ${autre}`);
  vues().noter(route, titre);
}

/** Declares a function in a structure of the directory, which an agent verifies; gives the page of its offers. */
async function representer(visite: Visite, agent: Visite, structure: string): Promise<string> {
  await visite.aller("/compte/mandats/nouveau");
  await visite.cocher("Une association, une coopérative, une entreprise, une fondation…");
  await visite.remplir("Nom de la structure", structure);
  await visite.remplir("Commune", "Cirey-sur-Vezouze");
  await visite.cocher("Représentant·e de la structure");
  await visite.envoyer("Déclarer");
  await entrerComme(agent, /Chargé·e territorial·e/);
  await agent.aller("/agents/mandats");
  const declaree = agent.page.locator("article", { hasText: structure });
  await agent.remplir(/Preuve vue/, "Statuts vus", declaree);
  await agent.envoyer("Vérifier", declaree);
  await visite.aller(`/annuaire?q=${encodeURIComponent(structure)}`);
  const fiche = visite.page.locator("main a[href^='/annuaire/']", { hasText: structure }).first();
  return `${await fiche.getAttribute("href")}/offres`;
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
  if (role === "acteur") return [await representer(visite, await arrive(), "Café coopératif du Piémont (exemple)")];
  if (role === "agent du site") {
    await visite.aller("/reglages/listes/nouvelle");
    await visite.remplir("Nom", "Pays de preuve");
    await visite.page.getByLabel("Premier jour").fill("2026-01-01");
    await visite.remplir("Année des codes de communes", "2026");
    await visite.remplir("Source", "Arrêté d’exemple");
    await visite.page.getByRole("radio").first().check();
    await visite.remplir("Communes", "54129 Cirey-sur-Vezouze");
    await visite.envoyer("Enregistrer");
    await visite.lit("La liste est enregistrée");
    return [];
  }
  if (role === "sans compte") {
    const reference = await decrire(visite, CAFE);
    return [`/projets/${reference}/resultat`, `/projets/${reference}/garder`];
  }
  return [];
}

for (const [nom, role, departs] of ROLES) {
  test(`chaque page, ${nom}`, async ({ arrive }) => {
    test.setTimeout(600_000);
    const visite = await arrive();
    if (role) await entrerComme(visite, role);
    const propres = await preparer(visite, nom, arrive);
    const griefs: string[] = [];
    const deja = new Set(vues().lire().keys());
    for await (const { route, reponse } of tournee(visite, deja, [...departs, ...propres])) await prouver(visite.page, route, griefs, reponse);
    expect(griefs).toEqual([]);
  });
}

test("aucune page n’est oubliée", async () => {
  expect(PAGES.length, "la table des droits est lue").toBeGreaterThan(50);
  const prouvees = vues().lire();
  const oubliees = PAGES.filter((page) => !prouvees.has(page) && !PAR_COURRIEL.includes(page) && !APRES_ENVOI.includes(page) && !PAR_SEMAINE.includes(page));
  expect(oubliees, "ajoutez de quoi l’atteindre dans ROLES ou preparer()").toEqual([]);
});
