// Reference pictures of the gallery and of key pages, in each look and at two widths. A difference fails, and the pictures
// wanted, seen and compared are kept beside the report. To take them again after a wanted change:
//   REFERENCES=1 script/test-navigateur --project=references
// Pages that show today's date are not here: they would change every night.
import { join } from "node:path";
import { test as base, expect } from "../maison/essai.js";
import { comparer, photographier } from "../maison/image.js";
import type { BrowserContext, TestInfo } from "@playwright/test";
import type { Visite } from "../maison/visite.js";

const IMAGES = join(import.meta.dirname, "images");
const FAMILLES = ["", "/gestes", "/formulaires", "/donnees", "/recit", "/reperes", "/dessins"].map((famille) => `/composants${famille}`);
const PAGES = ["/", "/annuaire", "/projets/nouveau", "/connexion", "/affichage", "/nulle-part"];
const AFFICHAGES = ["clair", "sombre", "contraste", "contraste-sombre"] as const;
const LARGEURS = { large: { width: 1280, height: 900 }, etroit: { width: 360, height: 740 } };

const test = base.extend<{ laboratoire: BrowserContext }>({
  laboratoire: async ({ browser }, prete) => {
    const laboratoire = await browser.newContext({ javaScriptEnabled: true });
    await prete(laboratoire);
    await laboratoire.close();
  },
});

function nom(chemin: string): string {
  return chemin === "/" ? "accueil" : chemin.slice(1).replaceAll("/", "-");
}

async function reconnaitre(visite: Visite, image: string, laboratoire: BrowserContext, essai: TestInfo): Promise<void> {
  await test.step("images de référence", async () => {
    const vue = await photographier(visite.page, laboratoire, image.startsWith("composants"));
    const chemin = join(IMAGES, `${image}.webp`);
    const ecart = await comparer(chemin, vue, laboratoire, process.env["REFERENCES"] === "1");
    if (!ecart) return;
    await essai.attach(`${image}-voulue.webp`, { path: chemin }).catch(() => undefined);
    await essai.attach(`${image}-vue.webp`, { body: vue, contentType: "image/webp" });
    if (ecart.difference) await essai.attach(`${image}-difference.png`, { body: ecart.difference, contentType: "image/png" });
    expect.soft(ecart.grief, image).toBe("");
  });
}

for (const affichage of AFFICHAGES) {
  for (const [largeur, taille] of Object.entries(LARGEURS)) {
    test(`${affichage}, ${largeur}`, async ({ arrive, serveur, laboratoire }, essai) => {
      const visiteur = await arrive();
      await visiteur.page.setViewportSize(taille);
      await visiteur.afficher(affichage);
      // On a telephone the components of one light look and one dark say enough.
      const galerie = largeur === "large" || !affichage.startsWith("contraste") ? FAMILLES : [];
      for (const chemin of [...PAGES, ...galerie]) {
        // Only looked at: the journeys judge them.
        await visiteur.page.goto(new URL(chemin, serveur.url).href);
        await reconnaitre(visiteur, `${nom(chemin)}-${affichage}-${largeur}`, laboratoire, essai);
      }
    });
  }
}

test("la comparaison voit un mot changé, et pas une nuance", async ({ laboratoire, browser }) => {
  const contexte = await browser.newContext({ viewport: LARGEURS.large, deviceScaleFactor: 0.5 });
  const page = await contexte.newPage();
  const prendre = async (mot: string, couleur: string): Promise<Buffer> => {
    await page.setContent(`<body style="background:${couleur}; font: 19px sans-serif"><p>Décrire mon ${mot}</p>${"<p>Autre chose</p>".repeat(40)}`);
    return photographier(page, laboratoire);
  };
  const [une, autre, nuance] = [await prendre("projet", "#fdfbf6"), await prendre("dossier", "#fdfbf6"), await prendre("projet", "#f9f7f2")];
  await contexte.close();
  const chemin = test.info().outputPath("une.webp");
  await comparer(chemin, une, laboratoire, true);
  expect((await comparer(chemin, autre, laboratoire, false))?.grief).toContain("carré");
  expect(await comparer(chemin, nuance, laboratoire, false)).toBeUndefined();
});
