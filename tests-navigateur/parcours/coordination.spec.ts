// The coordinator: load, delays, a portfolio handed over; the facilitateur of clauses; the direction.
import { expect, test } from "../maison/essai.js";
import { demander, entrerComme } from "../maison/gestes.js";

test("la coordination voit la charge et transmet un portefeuille", async ({ arrive }) => {
  const commune = await arrive();
  await demander(commune, "coordination-test@exemple.invalid");
  const coordination = await arrive();
  await entrerComme(coordination, /Coordination/);
  await coordination.titre("Tableau de bord");
  await coordination.lit("Transmettre un portefeuille");
  await coordination.capturer("coordination");
  await coordination.envoyer("Filtrer");
  await coordination.envoyer("Transmettre");
  await expect(coordination.page.locator("main")).toBeVisible();
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
