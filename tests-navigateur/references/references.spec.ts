// Reference pictures of the gallery and of key pages, in each look and width. A difference beyond tolerance fails, and the
// three pictures (wanted, seen, difference) are kept. To take them again after a wanted change:
//   REFERENCES=1 script/test-navigateur --project=references --update-snapshots
// Pages that show today's date are not here: they would change every night.
import { expect, test } from "../maison/essai.js";

const FAMILLES = ["", "/gestes", "/formulaires", "/donnees", "/recit", "/reperes", "/dessins"];
const PAGES = ["/", "/annuaire", "/communes/54129", "/projets/nouveau", "/connexion", "/nulle-part"];
const AFFICHAGES = ["clair", "sombre", "contraste", "contraste-sombre"] as const;
const ETROIT = { width: 360, height: 740 };

function nom(chemin: string): string {
  return chemin === "/" ? "accueil" : chemin.slice(1).replaceAll("/", "-");
}

for (const affichage of AFFICHAGES) {
  test(`galerie, ${affichage}`, async ({ arrive }) => {
    const visiteur = await arrive();
    await visiteur.afficher(affichage);
    for (const famille of FAMILLES) {
      await visiteur.aller(`/composants${famille}`);
      await expect(visiteur.page).toHaveScreenshot(`${nom(`/composants${famille}`)}-${affichage}.png`, { fullPage: true });
    }
  });

  test(`pages, ${affichage}`, async ({ arrive }) => {
    const visiteur = await arrive();
    await visiteur.afficher(affichage);
    for (const chemin of PAGES) {
      await visiteur.aller(chemin);
      await expect(visiteur.page).toHaveScreenshot(`${nom(chemin)}-${affichage}.png`);
    }
  });
}

test("sur un téléphone", async ({ arrive }) => {
  const visiteur = await arrive();
  await visiteur.afficher("clair");
  await visiteur.page.setViewportSize(ETROIT);
  for (const chemin of [...PAGES, ...FAMILLES.map((famille) => `/composants${famille}`)]) {
    await visiteur.aller(chemin);
    await expect(visiteur.page).toHaveScreenshot(`${nom(chemin)}-etroit.png`, { fullPage: true });
  }
});
