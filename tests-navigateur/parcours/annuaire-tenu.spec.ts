// What keeps the directory true: the rhythm of the campaign, what to repair first, a network and its members.
import { expect, test } from "../maison/essai.js";
import { courriel, entrerComme, lien, seConnecter } from "../maison/gestes.js";

test("règle la campagne, voit que réparer d’abord, anime un réseau", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/annuaire");
  await agent.suivre("Campagne de confirmation");
  await agent.remplir("Courriels par jour", "beaucoup");
  await agent.envoyer("Enregistrer");
  await agent.lit("de 0 à 500");
  await agent.remplir("Courriels par jour", "20");
  await agent.envoyer("Enregistrer");
  await agent.lit("Le rythme de la campagne est enregistré");

  await agent.aller("/reglages/annuaire/qualite");
  await agent.lit("Note moyenne");
  await agent.choisir("Ce qui manque", "Au moins une offre");
  await agent.envoyer("Filtrer");
  await expect(agent.page.getByRole("row").nth(1)).toContainText("Au moins une offre");
  await agent.capturer("annuaire-a-reparer");

  await agent.aller("/reglages/annuaire/reseaux");
  await agent.suivre("Réseau lorrain des solidarités économiques (exemple)");
  await agent.lit("Fiches relues par le réseau");
  await agent.remplir("Structure à ajouter", "Clic et voisins");
  await agent.envoyer("Ajouter");
  await agent.lit("est dans le réseau");
  // The network speaks for a member once the member has said yes.
  const membre = await arrive();
  await membre.aller(lien(await courriel(membre, "clic@exemple.invalid", /Faites-vous partie/), "/annonce-d-un-reseau/"));
  await membre.envoyer("Oui, nous en faisons partie");
  await agent.aller(agent.chemin);
  await agent.envoyer(/La fiche est juste.*Clic et voisins/);
  await agent.lit("est dite juste");
  await agent.capturer("reseau");
  const espace = agent.chemin;
  const passant = await arrive();
  await passant.aller("/annuaire?q=clic+et+voisins");
  await passant.suivre("Clic et voisins (exemple)");
  await passant.lit("Fiche relue par");

  // Somebody acts for a member, and the network can tell.
  await passant.suivre("Tenir cette fiche");
  await seConnecter(passant, "dominique@exemple.invalid");
  await passant.aller("/annuaire?q=clic+et+voisins");
  await passant.suivre("Clic et voisins (exemple)");
  await passant.suivre("Tenir cette fiche");
  await passant.cocher("Un réseau qui connaît la structure");
  await passant.remplir("Ce qui le montre, en quelques mots", "Trésorière depuis un an, le réseau m’a vue en mai.");
  await passant.envoyer("Demander");
  await passant.lit("Le réseau ou un agent la lira");
  await agent.aller(espace);
  await agent.lit("Qui tient ces fiches ?");
  await agent.envoyer(/Je confirme/);
  await agent.lit("tient maintenant la fiche");
  await courriel(passant, "dominique@exemple.invalid", /vérifi/);
});

test("garde une recherche, décide si un courriel en part", async ({ arrive }) => {
  const passant = await arrive();
  await seConnecter(passant, "recherche@exemple.invalid");
  await passant.aller("/annuaire?theme=reemploi");
  await passant.deplier("Garder cette recherche");
  await passant.envoyer("La garder et m’écrire s’il y a du nouveau");
  await passant.lit("La recherche est gardée");
  await passant.aller("/annuaire/recherches");
  await passant.titre("Mes recherches");
  await passant.lit("un courriel par semaine au plus");
  await passant.envoyer(/Ne plus m’écrire/);
  await passant.lit("Aucun courriel");
  await passant.envoyer(/Supprimer/);
  await passant.lit("Vous n’avez gardé aucune recherche");
});
