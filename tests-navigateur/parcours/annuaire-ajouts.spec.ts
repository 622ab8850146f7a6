// A structure that the directory does not have: proposed, answered, made; an offer proposed; an approval noted; a network that
// names its members; the door of who represents a structure.
import { expect, test } from "../maison/essai.js";
import { courriel, entrerComme, lien, seConnecter } from "../maison/gestes.js";

test("un visiteur propose une structure absente, un agent en fait la fiche", async ({ arrive }) => {
  const voisin = await arrive();
  const nom = "Le Fournil des voisins";
  await voisin.aller("/annuaire?q=fournil+introuvable+zzz");
  await voisin.lit("Aucun acteur ne répond");
  await voisin.suivre("La proposer");
  await voisin.titre("Proposer une structure");
  await voisin.cocher(/Elle n’en a pas encore/);
  await voisin.remplir("Commune", "Cirey-sur-Vezouze");
  await voisin.page.keyboard.press("Tab");
  await voisin.remplir("Nom", nom);
  await voisin.remplir("Votre adresse de courriel", "fournil@exemple.invalid");
  await voisin.envoyer("Envoyer la proposition");
  await voisin.lit("Un agent lira votre proposition");

  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/propositions");
  await agent.suivre(new RegExp(nom));
  await agent.titre("Une structure proposée");
  await agent.envoyer("Créer la fiche");
  await agent.lit("La fiche est dans l’annuaire");
  const chemin = lien(await courriel(voisin, "fournil@exemple.invalid", /Votre proposition/), "/annuaire/");
  await voisin.aller(chemin);
  await voisin.titre(nom);
  await voisin.lit("Tenir cette fiche");
});

test("un agent cherche, puis ajoute une structure et note un agrément", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/nouvelle-fiche");
  await agent.titre("Ajouter une structure");
  await agent.cocher(/Elle n’en a pas encore/);
  await agent.remplir("Nom", "Clic et voisins");
  await agent.remplir("Commune", "Toul");
  await agent.page.keyboard.press("Tab");
  await agent.envoyer("Chercher si elle est déjà là");
  await agent.remplir("Nom", "La Fabrique du lundi");
  await agent.envoyer("Créer la fiche");
  await agent.lit("La fiche est dans l’annuaire");
  await agent.suivre("Situation et sources");
  await agent.suivre("Agréments et conventions");
  await agent.titre("Agréments d’une structure");
  await agent.choisir("Agrément ou convention", "Entreprise adaptée");
  await agent.remplir(/Dernier jour/, "2030-03-11");
  await agent.remplir("Document qui le montre", "Contrat du 12 mars 2025");
  await agent.envoyer("Enregistrer");
  await agent.lit("L’agrément est enregistré");
  await agent.envoyer(/Il est terminé/);
  await agent.lit("L’agrément est terminé");
});

test("un visiteur propose une offre, un agent l’ajoute", async ({ arrive }) => {
  const voisin = await arrive();
  await voisin.aller("/annuaire?q=clic+et+voisins");
  await voisin.suivre(/Clic et voisins/);
  const fiche = voisin.chemin;
  await voisin.suivre("Proposer une offre");
  await voisin.titre("Proposer une offre");
  await voisin.remplir("Titre", "Permanence au secrétariat de mairie");
  await voisin.remplir("En une ou deux phrases", "Une demi-journée par semaine, pour les démarches en ligne.");
  await voisin.choisir("Ce que l’offre apporte", "Service");
  await voisin.choisir("Comment le prix se calcule", "Gratuit pour la commune");
  await voisin.cocher(/Numérique/);
  await voisin.remplir("Votre adresse de courriel", "offre@exemple.invalid");
  await voisin.envoyer("Envoyer la proposition");
  await voisin.lit("Un agent lira votre proposition");
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/propositions");
  await agent.page.getByRole("row", { name: /offre : Permanence au secrétariat/ }).getByRole("link").click();
  await agent.titre("Une offre proposée");
  await agent.envoyer("Ajouter l’offre à la fiche");
  await agent.lit("L’offre est sur la fiche");
  await voisin.aller(fiche);
  await voisin.lit("Permanence au secrétariat de mairie");
});

test("une structure répond au réseau qui la cite, et voit ce qui l’attend", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire/reseaux");
  await agent.suivre(/Réseau lorrain/);
  await agent.remplir("Une structure par ligne", "Grandir en campagne (exemple)\nPersonne ne s’appelle ainsi");
  await agent.envoyer(/Voir ce qui se passera/);
  await agent.lit("à ajouter : Grandir en campagne");
  await agent.lit("pas dans l’annuaire : la proposer");
  await agent.envoyer(/Ajouter celles/);
  await agent.lit("1 structure ajoutée");
  const structure = await arrive();
  const texte = await courriel(structure, "grandir@exemple.invalid", /Faites-vous partie/);
  await structure.aller("/annuaire?q=grandir+en+campagne");
  await structure.suivre(/Grandir en campagne/);
  await structure.lit("non confirmé par l’acteur");
  const fiche = structure.chemin;
  await structure.aller(lien(texte, "/annonce-d-un-reseau/"));
  await structure.titre("Faites-vous partie de ce réseau ?");
  await structure.envoyer("Oui, nous en faisons partie");
  await structure.lit("fait partie de Réseau lorrain");
  await structure.aller(fiche);
  expect(await structure.page.getByText("non confirmé par l’acteur").count()).toBe(0);

  const camille = await arrive();
  await seConnecter(camille, "sans-structure@exemple.invalid");
  await camille.aller("/ma-structure");
  await camille.titre("Ma structure");
  await camille.lit("La proposer");
  const acteur = await arrive();
  await entrerComme(acteur, /Acteur de l’économie sociale/);
  await acteur.aller("/ma-structure");
  await acteur.titre("Ma structure");
});
