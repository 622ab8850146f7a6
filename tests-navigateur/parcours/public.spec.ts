// Anyone: what is done, who helps, the rules, the legal pages, and what the site says when it cannot answer.
import { expect, test } from "../maison/essai.js";

const PAGES: Array<[string, RegExp]> = [
  ["/communes", /Communes/],
  ["/communes?q=saint", /Communes/],
  ["/communes?q=Cirey", /Cirey-sur-Vezouze/],
  ["/communes?q=zzzzzz", /Communes/],
  ["/communes/54129", /Cirey-sur-Vezouze/],
  ["/communes/54395", /Nancy/],
  ["/carte", /Ce qui se fait/],
  ["/annuaire", /./],
  ["/recherche?q=commerce", /./],
  ["/leviers", /./],
  ["/leviers/detr", /DETR/],
  ["/formes-juridiques", /./],
  ["/delais", /Nos délais/],
  ["/regles", /Les règles/],
  ["/aide", /Aide/],
  ["/accessibilite", /accessibilité/],
  ["/mentions-legales", /Mentions légales/],
  ["/donnees-personnelles", /Données personnelles/],
  ["/connexion", /Se connecter/],
  ["/demo", /Choisir un rôle/],
  ["/demo/courriels", /Courriels/],
];

for (const [chemin, titre] of PAGES) {
  test(`lit ${chemin}`, async ({ arrive }) => {
    const passant = await arrive();
    await passant.aller(chemin);
    await passant.titre(titre);
  });
}

test("lit chaque règle", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/regles");
  const regles = await passant.page.locator("main a[href^='/regles/']").evaluateAll((liens) => liens.map((l) => l.getAttribute("href") ?? ""));
  expect(regles.length).toBeGreaterThan(0);
  for (const regle of regles) await passant.aller(regle);
});

test("cherche sa commune depuis l’accueil", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/");
  await passant.remplir("Votre commune", "Cirey-sur-Vezouze");
  await passant.valider("Votre commune");
  await passant.lit("Cirey-sur-Vezouze");
  await passant.aller("/communes/54129");
  await passant.capturer("commune");
});

test("se perd : la page aide", async ({ arrive }) => {
  const passant = await arrive();
  for (const chemin of ["/nulle-part", "/communes/99999", "/projets/INCONNU", "/relation/inconnu"]) {
    await passant.aller(chemin);
    await expect(passant.page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(passant.page.locator("main a").first()).toBeVisible();
  }
  await passant.aller("/tableau");
  await passant.lit("Connectez-vous pour continuer");
});
