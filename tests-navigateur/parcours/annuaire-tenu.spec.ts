// What keeps the directory true: the rhythm of the campaign, what to repair first, a network and its members.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

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
  await agent.envoyer(/La fiche est juste.*Clic et voisins/);
  await agent.lit("est dite juste");
  await agent.capturer("reseau");
  const passant = await arrive();
  await passant.aller("/annuaire?q=clic+et+voisins");
  await passant.suivre("Clic et voisins (exemple)");
  await passant.lit("Fiche relue par");
});
