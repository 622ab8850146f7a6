// The coordinator: load, delays, a portfolio handed over; the facilitateur of clauses; the direction.
import { test } from "../maison/essai.js";
import { courriel, demander, entrerComme } from "../maison/gestes.js";

test("la coordination voit la charge, et un portefeuille passe à qui le suit désormais", async ({ arrive }) => {
  const commune = await arrive();
  await demander(commune, "coordination-test@exemple.invalid");
  const coordination = await arrive();
  await entrerComme(coordination, /Coordination/);
  await coordination.titre("Tableau de bord");
  await coordination.lit("Transmettre un portefeuille");
  await coordination.capturer("coordination");
  await coordination.envoyer("Filtrer");

  // A call from a commune that nobody answers for: who takes it follows it, then hands it over.
  await coordination.aller("/saisir");
  await coordination.remplir("Commune", "Colombey-les-Belles");
  await coordination.remplir(/En une phrase/, "Une épicerie cherche un repreneur.");
  await coordination.envoyer("Enregistrer");
  await coordination.lit("L’appel est saisi");
  const suivi = `/projets/${coordination.reference}/suivi`;
  const charge = await arrive();
  await entrerComme(charge, /Chargé·e territorial·e/);
  await charge.aller(suivi);
  await charge.lit("Cette page est réservée");

  await coordination.aller("/tableau");
  await coordination.choisir("Le portefeuille de", "Maxime Exemple-Coordination");
  await coordination.choisir("À qui le transmettre ?", "Claude Exemple-Chargé");
  await coordination.envoyer("Transmettre");
  await coordination.lit(/change(nt)? d’interlocuteur/);
  await courriel(charge, "charge.lunevillois@exemple.invalid", /que suivait Maxime Exemple-Coordination/);
  await charge.aller("/tableau");
  await charge.lit("Une épicerie cherche un repreneur");
  await charge.aller(suivi);
  await charge.titre("Une épicerie cherche un repreneur");
  await coordination.aller("/agents/mandats");
});

test("la direction lit la note, filtre par secteur et voit les délais", async ({ arrive }) => {
  const direction = await arrive();
  await entrerComme(direction, /Direction/);
  await direction.titre("Pilotage");
  await direction.capturer("pilotage");
  await direction.choisir("Secteur", { index: 1 });
  await direction.envoyer("Filtrer");
  await direction.titre("Pilotage");
});

test("la facilitation voit les marchés prévus", async ({ arrive }) => {
  const facilitation = await arrive();
  await entrerComme(facilitation, /Facilitateur/);
  await facilitation.titre("Marchés prévus");
});
