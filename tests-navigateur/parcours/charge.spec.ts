// The chargé territorial: the board, a call taken in a minute, everything about a project on one page.
import { expect, test } from "../maison/essai.js";
import { CAFE, courriel, demander, entrerComme, lien } from "../maison/gestes.js";

const CHARGE = /Chargé·e territorial·e/;

test("saisit un appel, répond par téléphone, et la secrétaire reconnaît son projet", async ({ arrive }) => {
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.suivre("Saisir un appel");
  await charge.capturer("saisir");
  await charge.remplir("Commune", "54480");
  await charge.remplir(/En une phrase/, "La secrétaire cherche une solution pour la cantine.");
  await charge.remplir("Qui rappeler, et à quel numéro ? (facultatif)", "La secrétaire, le matin");
  await charge.remplir("Son adresse de courriel (facultatif)", "secretariat@exemple.invalid");
  await charge.envoyer("Enregistrer");
  await charge.lit("Plusieurs communes correspondent");
  await charge.remplir("Commune", "Petitmont");
  await charge.envoyer("Enregistrer");
  await charge.lit("L’appel est saisi");
  await charge.envoyer("Répondu par téléphone");
  await charge.lit("répondu par téléphone");

  const secretaire = await arrive();
  const chemin = lien(await courriel(secretaire, "secretariat@exemple.invalid", "Est-ce bien cela ?"), "/est-ce-bien-cela/");
  await secretaire.aller(chemin);
  await secretaire.lit("La secrétaire cherche une solution pour la cantine");
  await secretaire.envoyer("Oui, c’est bien cela");
  await secretaire.lit("connectez-vous avec la même adresse");
});

test("répond, recommande, note, attend, et la commune le voit", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, "porteuse@exemple.invalid");
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.titre("Tableau de bord");
  await charge.lit(CAFE.titre);
  await charge.capturer("tableau");
  await charge.aller(`/projets/${reference}/suivi`);
  await charge.lit("jours ouvrés");
  await charge.capturer("suivi");

  await charge.page.getByText("Attendre un élément de la commune").click();
  await charge.remplir("Ce que vous attendez de la commune", "Le plan du local, s’il existe.");
  await charge.envoyer("Suspendre le délai");
  await charge.lit("Le plan du local, s’il existe.");
  await charge.envoyer("C’est reçu : reprendre le délai");
  await charge.remplir("Noter un entretien", "Appel de 10 minutes : le local appartient à la commune.");
  await charge.envoyer("Noter");
  await charge.remplir("Ma prochaine action", "Rappeler la mairie");
  await charge.envoyer("Enregistrer");
  await charge.deplier("Écrire une recommandation");
  await charge.remplir("Ce que vous recommandez, en quelques mots", "Appeler l’union des coopératives");
  await charge.envoyer("Recommander");
  await charge.lit("La recommandation est envoyée");
  await charge.envoyer("Envoyer la réponse");
  await charge.lit("Écrivez votre réponse");
  await charge.remplir("Votre réponse à la commune", "Je passe mardi à la mairie.");
  await charge.envoyer("Envoyer la réponse");
  await charge.lit("La réponse est envoyée");

  await courriel(commune, "porteuse@exemple.invalid", "Le département vous répond");
  await commune.aller(`/projets/${reference}`);
  await commune.lit("Je passe mardi à la mairie");
  await commune.lit("Appeler l’union des coopératives");
  await commune.capturer("reponse", commune.page.getByRole("heading", { name: "Accompagnement" }));
  await commune.envoyer(/^Nous la suivons/);
  await expect(commune.page.locator("main")).toContainText("En cours");
});

test("ne voit que ce qu’un droit lui ouvre", async ({ arrive }) => {
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  for (const chemin of ["/reglages", "/pilotage"]) {
    await charge.aller(chemin);
    await expect(charge.page.getByRole("heading", { level: 1 })).toBeVisible();
    await charge.neLitPas("Identité du site");
  }
});
