// The main job with the keyboard only: every stop is visible, the order is that of the page.
import { expect } from "@playwright/test";
import { arret } from "../maison/clavier.js";
import { test } from "../maison/essai.js";
import { CAFE } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const ARRETS_MAX = 150;

async function allerA(visite: Visite, mots: string | RegExp): Promise<void> {
  const vus: string[] = [];
  for (let i = 0; i < ARRETS_MAX; i += 1) {
    await visite.page.keyboard.press("Tab");
    const { nom, visible } = await arret(visite.page);
    if (nom !== "") expect(visible, `le repère du clavier se voit sur « ${nom} »`).toBe(true);
    if (typeof mots === "string" ? nom === mots : mots.test(nom)) return;
    vus.push(nom);
  }
  throw new Error(`« ${mots} » ne s'atteint pas au clavier. Arrêts : ${vus.join(" | ")}`);
}

async function entree(visite: Visite): Promise<void> {
  const arrivee = visite.page.waitForEvent("domcontentloaded");
  await visite.page.keyboard.press("Enter");
  await arrivee;
  await visite.page.waitForLoadState("load");
  await visite.juger();
}

test("décrit un projet et voit ce qui convient, au clavier seul", async ({ arrive }) => {
  const maire = await arrive();
  const clavier = maire.page.keyboard;
  await maire.aller("/");
  await clavier.press("Tab");
  expect((await arret(maire.page)).nom).toBe("Aller au contenu");
  await clavier.press("Enter");
  await allerA(maire, "Décrire mon projet");
  await entree(maire);
  await allerA(maire, "Titre court de votre projet");
  await clavier.type(CAFE.titre);
  await allerA(maire, "Commune du projet");
  await clavier.type("Cirey-sur");
  if (maire.scripts) {
    await expect(maire.page.getByRole("option").first()).toBeVisible();
    await maire.juger();
    await clavier.press("ArrowDown");
    await clavier.press("Enter");
    await expect(maire.page.getByLabel("Commune du projet")).toHaveValue(/Cirey-sur-Vezouze/);
  } else {
    await clavier.type("-Vezouze");
  }
  await allerA(maire, /Qu’est-ce qui manque/);
  await clavier.type(CAFE.manque);
  // On a telephone the groups of themes are folded.
  if ((await maire.page.locator("details.tr-groupe:not([open])").count()) > 0) {
    await allerA(maire, "Accès aux services");
    await clavier.press("Enter");
  }
  await allerA(maire, CAFE.theme);
  await clavier.press("Space");
  await allerA(maire, "Continuer");
  await entree(maire);
  await maire.titre("Où vous en êtes");
  await allerA(maire, "Idée");
  await clavier.press("ArrowDown");
  await allerA(maire, "Qui porte le projet ?");
  await clavier.type("Comm");
  await allerA(maire, "Combien cela coûterait-il, en tout ?");
  await clavier.type("120 000");
  await allerA(maire, "Voir ce qui peut m’aider");
  await entree(maire);
  await maire.titre("Ce qui peut vous aider");
  await allerA(maire, /^Garder ce projet/);
  await entree(maire);
  await maire.titre("Garder ce projet");
});

test("entre après une erreur : le résumé est lu d’abord et mène au champ", async ({ arrive }) => {
  const maire = await arrive();
  await maire.aller("/projets/nouveau");
  await allerA(maire, "Continuer");
  await entree(maire);
  if (maire.scripts) await expect(maire.page.getByRole("alert")).toBeFocused();
  await maire.page.getByRole("alert").getByRole("link").first().focus();
  await maire.page.keyboard.press("Enter");
  await expect(maire.page.getByLabel("Titre court de votre projet")).toBeFocused();
});
