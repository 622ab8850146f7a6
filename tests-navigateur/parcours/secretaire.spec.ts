// A secretary of four communes, through the real sign-in; the shared mailbox whose antivirus opens links.
import { expect, test } from "../maison/essai.js";
import { CONNEXION, courriel, dernierCourriel, entrerComme, lien, seConnecter, sortir } from "../maison/gestes.js";

test("entre par le lien du courriel, que son antivirus a déjà ouvert", async ({ arrive }) => {
  const secretaire = await arrive();
  await secretaire.aller("/connexion?retour=/compte");
  const avant = await dernierCourriel(secretaire, "secretaire@exemple.invalid", CONNEXION);
  await secretaire.remplir("Votre adresse de courriel", "secretaire@exemple.invalid");
  await secretaire.envoyer("Recevoir le code");
  const chemin = lien(await courriel(secretaire, "secretaire@exemple.invalid", CONNEXION, avant), "/connexion/lien/");
  const antivirus = await arrive();
  await antivirus.aller(chemin);
  await secretaire.aller(chemin);
  await secretaire.envoyer("Entrer");
  await secretaire.lit("Dominique Exemple-Secrétaire");
  // The link works once.
  const retard = await arrive();
  await retard.aller(chemin);
  await retard.lit("il a déjà servi");
});

test("choisit pour quelle commune elle agit, et garde la main sur son compte", async ({ arrive }) => {
  const secretaire = await arrive();
  await seConnecter(secretaire, "secretaire@exemple.invalid");
  const communes = secretaire.page.getByLabel("Pour quelle commune ?").locator("option");
  await expect(communes).toHaveCount(4);
  await secretaire.choisir("Pour quelle commune ?", { index: 2 });
  const choisie = (await communes.nth(2).innerText()).trim();
  await secretaire.envoyer("Choisir");
  await expect(secretaire.page.getByLabel("Pour quelle commune ?").locator("option:checked")).toHaveText(choisie);
  await secretaire.capturer("pour-quelle-commune");

  await secretaire.aller("/compte");
  await secretaire.capturer("compte");
  await secretaire.suivre("Déclarer une fonction");
  await secretaire.envoyer("Déclarer");
  await expect(secretaire.page.getByRole("alert")).toBeVisible();
  await secretaire.aller("/compte/effacer");
  await secretaire.suivre("Garder mon compte");
});

test("se trompe de code : le message dit quoi faire", async ({ arrive }) => {
  const secretaire = await arrive();
  await secretaire.aller("/connexion");
  await secretaire.envoyer("Recevoir le code");
  await secretaire.lit("Indiquez votre adresse de courriel");
  await secretaire.remplir("Votre adresse de courriel", "inconnue@exemple.invalid");
  await secretaire.envoyer("Recevoir le code");
  await secretaire.titre("Vérifiez vos courriels");
  await secretaire.remplir("Code reçu", "abc");
  await secretaire.envoyer("Entrer");
  await secretaire.lit("Ce code n’est pas le bon");
});

test("sort", async ({ arrive }) => {
  const secretaire = await arrive();
  await entrerComme(secretaire, /Secrétaire de mairie/);
  await sortir(secretaire);
  await secretaire.lit("Vous êtes déconnecté");
});
