// Each setting changed once, and seen where the public sees it; then put back.
import { expect, test } from "../maison/essai.js";
import { courriel, decrire, entrerComme, seConnecter } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

async function agentDuSite(arrive: () => Promise<Visite>): Promise<Visite> {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  return agent;
}

/** Someone new: a browser keeps a public page for a minute. */
async function voir(arrive: () => Promise<Visite>, chemin: string): Promise<Visite> {
  const passant = await arrive();
  await passant.aller(chemin);
  return passant;
}

test("l’identité : nom, contact", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  let passant: Visite;
  await agent.aller("/reglages/identite");
  const nom = await agent.page.getByLabel("Nom du site").inputValue();
  await agent.remplir("Nom du site", "");
  await agent.remplir("Couleur d’accent", "#ffff00");
  await agent.envoyer("Enregistrer");
  await expect(agent.page.getByRole("alert")).toBeVisible();
  await agent.aller("/reglages/identite");
  for (const valeur of ["Les Projets d’exemple", nom]) {
    await agent.remplir("Nom du site", valeur);
    await agent.envoyer("Enregistrer");
    passant = await voir(arrive, "/");
    await expect(passant.page.getByRole("banner")).toContainText(valeur);
    await agent.aller("/reglages/identite");
  }
});

test("un texte : aperçu, public, retour à l’origine", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  let passant: Visite;
  const page = "/reglages/textes/accueil.accroche";
  await agent.aller(page);
  await agent.page.locator("[name=contenu]").fill("Une accroche d’essai.");
  await agent.envoyer("Voir l’aperçu");
  await agent.lit("pas encore enregistré");
  passant = await voir(arrive, "/");
  await passant.neLitPas("Une accroche d’essai.");
  await agent.envoyer("Enregistrer");
  passant = await voir(arrive, "/");
  await passant.lit("Une accroche d’essai.");
  await agent.aller(page);
  await agent.envoyer(/origine/);
  passant = await voir(arrive, "/");
  await passant.neLitPas("Une accroche d’essai.");
});

test("un courriel : refusé sans son lien, puis reçu tel qu’écrit", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  let passant: Visite;
  await agent.aller("/reglages/courriels/connexion");
  const texte = await agent.page.getByLabel("Texte").inputValue();
  await agent.remplir("Texte", "Bonjour, voici {{ code }}.");
  await agent.envoyer("Enregistrer");
  await agent.lit("Il manque {{ lien }}");
  await agent.remplir("Texte", `${texte}\nUne phrase d’essai.`);
  await agent.envoyer("Enregistrer");
  await agent.lit("Le courriel est enregistré");
  const adresse = `courriel.${Date.now().toString(36)}@exemple.invalid`;
  passant = await voir(arrive, "/connexion");
  await passant.remplir("Votre adresse de courriel", adresse);
  await passant.envoyer("Recevoir le code");
  expect(await courriel(passant, adresse, /lien/)).toContain("Une phrase d’essai.");
  await agent.aller("/reglages/courriels/connexion");
  await agent.envoyer(/origine/);
});

test("un thème renommé se lit dans le formulaire", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  let passant: Visite;
  const page = "/reglages/themes/patrimoine";
  await agent.aller(page);
  const nom = await agent.page.getByLabel("Nom montré").inputValue();
  await agent.remplir("Nom montré", "Patrimoine et mémoire d’essai");
  await agent.envoyer("Enregistrer");
  passant = await voir(arrive, "/projets/nouveau");
  const theme = passant.page.getByLabel("Patrimoine et mémoire d’essai");
  // On a telephone, groups of themes are folded.
  const groupe = passant.page.locator("details", { has: theme });
  if ((await groupe.count()) > 0 && !(await theme.isVisible())) await groupe.locator("summary").click();
  await expect(theme).toBeVisible();
  await agent.aller(page);
  await agent.remplir("Nom montré", nom);
  await agent.envoyer("Enregistrer");
  passant = await voir(arrive, "/projets/nouveau");
  await expect(passant.page.getByLabel("Patrimoine et mémoire d’essai")).toHaveCount(0);
});

test("un secteur change de téléphone, un canton reçoit son binôme, une liste marque ses communes", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  let passant: Visite;
  await agent.aller("/reglages/secteurs");
  await agent.suivre("Lunévillois", agent.page.locator("main"));
  const fiche = agent.chemin;
  const telephone = await agent.page.getByLabel("Téléphone montré aux communes").inputValue();
  for (const numero of ["03 00 00 00 77", telephone]) {
    await agent.aller(fiche);
    await agent.remplir("Téléphone montré aux communes (facultatif)", numero);
    await agent.envoyer("Enregistrer");
    passant = await voir(arrive, "/communes/54129");
    await passant.lit(numero);
  }

  await agent.aller("/reglages/cantons/5401");
  await agent.remplir("Prénom et nom, premier membre du binôme", "Ada Exemple");
  await agent.remplir("Prénom et nom, second membre du binôme (facultatif)", "Basile Exemple");
  await agent.envoyer("Enregistrer");
  passant = await voir(arrive, "/communes/54129");
  await passant.lit("Ada Exemple et Basile Exemple");

  await agent.aller("/reglages/listes/nouvelle");
  const nom = `Pays d’essai ${Date.now().toString(36)}`;
  await agent.envoyer("Enregistrer");
  await expect(agent.page.getByRole("alert")).toBeVisible();
  await agent.remplir("Nom", nom);
  await agent.page.getByLabel("Premier jour").fill("2026-01-01");
  await agent.remplir("Année des codes de communes", "2026");
  await agent.remplir("Source", "Arrêté d’exemple");
  await agent.page.getByRole("radio").first().check();
  await agent.remplir("Communes", "Cirey-sur-Vezouze\nNullepart");
  await agent.envoyer("Enregistrer");
  await agent.lit("Ligne 2");
  await agent.remplir("Communes", "54129 Cirey-sur-Vezouze");
  await agent.envoyer("Enregistrer");
  await agent.lit("La liste est enregistrée");
  passant = await voir(arrive, "/communes/54129");
  await passant.lit(nom);
  await agent.suivre(nom);
  await agent.envoyer(/^Retirer/);
  passant = await voir(arrive, "/communes/54129");
  await passant.neLitPas(nom);
});

const MOIS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" ");

test("un jour de fermeture recule la date promise", async ({ arrive }) => {
  const [agent, passant] = [await agentDuSite(arrive), await arrive()];
  await decrire(passant, {
    titre: "Un verger à partager",
    commune: "Petitmont",
    manque: "Les arbres ne sont plus taillés depuis trois ans.",
    theme: /Jardins/,
    porteur: "Commune",
  });
  const promise = /au plus tard le \S+ (\d+)(?:er)? (\S+) (\d{4})/;
  const lire = async (): Promise<string[]> => {
    const texte = (await passant.page.locator("main").innerText()).replace(/\s/g, " ");
    const trouvee = promise.exec(texte);
    if (!trouvee) throw new Error(`pas de date promise dans :\n${texte}`);
    return trouvee;
  };
  const [avant = "", jour = "", mois = "", annee = ""] = await lire();
  const ferme = `${jour.padStart(2, "0")}/${String(MOIS.indexOf(mois) + 1).padStart(2, "0")}/${annee}`;
  await agent.aller("/reglages/fermetures");
  await agent.remplir("Jours de fermeture", ferme);
  await agent.envoyer("Enregistrer");
  await agent.lit("donnez la raison");
  await agent.remplir("Jours de fermeture", `${ferme} Inventaire d’essai`);
  await agent.envoyer("Enregistrer");
  await passant.aller(passant.chemin);
  expect((await lire())[0]).not.toBe(avant);
  await agent.aller("/reglages/fermetures");
  await agent.remplir("Jours de fermeture", "");
  await agent.envoyer("Enregistrer");
  await passant.aller(passant.chemin);
  expect((await lire())[0]).toBe(avant);
});

test("un élu reçoit une fonction, pilote, puis la perd", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  const nom = `Pilote-${Date.now().toString(36)}`;
  const adresse = `${nom.toLowerCase()}@exemple.invalid`;
  await agent.aller("/reglages/utilisateurs");
  await agent.envoyer("Donner la fonction");
  await expect(agent.page.getByRole("alert")).toBeVisible();
  await agent.remplir("Prénom", "Ada");
  await agent.remplir("Nom", nom);
  await agent.remplir("Courriel professionnel", adresse);
  await agent.cocher("Direction, élu·e du département");
  await agent.envoyer("Donner la fonction");
  const pilote = await arrive();
  await seConnecter(pilote, adresse);
  await pilote.aller("/pilotage");
  await pilote.titre("Pilotage");
  await agent.envoyer(new RegExp(`^Terminer.*${nom}`));
  await agent.lit("La fonction est terminée");
  expect((await pilote.demander("/pilotage")).status()).toBe(403);
});

test("une sauvegarde se demande et se voit ; les travaux sont à jour", async ({ arrive }) => {
  const agent = await agentDuSite(arrive);
  await agent.aller("/reglages/sauvegardes");
  await agent.envoyer("Sauvegarder maintenant");
  await agent.lit("La sauvegarde est demandée");
  await expect(async () => {
    await agent.page.reload();
    await expect(agent.page.getByRole("table")).toContainText("Demandée", { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await agent.juger();
  await agent.aller("/reglages/travaux");
  await agent.lit("Rien n’a échoué");
});

test("met le logo du département, puis le retire et le remet", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/identite");
  await agent.envoyer("Mettre ce logo");
  await agent.lit("Choisissez une image");
  await agent.joindre("Image du logo", "logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await agent.remplir("Ce que montre le logo", "Département d’exemple");
  await agent.envoyer("Mettre ce logo");
  await expect(agent.page.locator(".govuk-error-summary")).toBeVisible();
  const png = await agent.page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 60 } });
  await agent.joindre("Image du logo", "logo.png", png);
  await agent.remplir("Ce que montre le logo", "Département d’exemple");
  await agent.envoyer("Mettre ce logo");
  await agent.lit("Le logo est en haut de chaque page");
  await expect(agent.page.locator("header img")).toHaveAttribute("alt", "Département d’exemple");
  await agent.envoyer("Retirer le logo");
  await expect(agent.page.locator("header img")).toHaveCount(0);
  await agent.envoyer("Annuler");
  await expect(agent.page.locator("header img")).toHaveCount(1);
  await agent.envoyer("Retirer le logo");
});
