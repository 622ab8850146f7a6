// The coordinator: load, delays, a portfolio handed over; the facilitateur of clauses; the direction.
import { expect } from "@playwright/test";
import { test } from "../maison/essai.js";
import { CAFE, courriel, demander, entrerComme } from "../maison/gestes.js";

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

test("la direction lit la note, filtre par secteur, voit les délais et emporte les chiffres", async ({ arrive }) => {
  const direction = await arrive();
  await entrerComme(direction, /Direction/);
  await direction.titre("Pilotage");
  await direction.capturer("pilotage");
  await direction.choisir("Secteur", { index: 1 });
  await direction.choisir("Les délais par", "Thème");
  await direction.envoyer("Filtrer");
  await direction.lit("Délais par thème, sur douze mois");
  for (const format of ["csv", "xlsx", "ods"]) {
    const fichier = await direction.demander(`/pilotage?theme=commerce&format=${format}`);
    expect(fichier.headers()["content-disposition"]).toContain(`.${format}`);
  }
  await direction.suivre("Note d’une page à imprimer");
  await direction.titre("note pour la vice-présidence");
  await direction.lit(/Sur douze mois, au .* Délai médian/);
  await direction.aller("/delais");
  await direction.lit(/Délai médian|pas de délai à montrer/);
});

test("un marché prévu se signale à la facilitation", async ({ arrive }) => {
  const commune = await arrive();
  const titre = "Rouvrir la salle des fêtes";
  const reference = await demander(commune, "marche-prevu@exemple.invalid", { ...CAFE, titre });
  await commune.aller(`/projets/${reference}/precisions`);
  await commune.page.getByRole("group", { name: /Un marché public est-il prévu/ }).getByLabel("Oui").check();
  await commune.envoyer("Enregistrer");
  const facilitation = await arrive();
  await entrerComme(facilitation, /Facilitateur/);
  await facilitation.titre("Marchés prévus");
  await facilitation.lit(titre);
});
