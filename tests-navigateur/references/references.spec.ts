// Reference pictures of the gallery and of key pages, in each look and at three widths; of the pages that each persona works in. A difference fails, and the pictures
// wanted, seen and compared are kept beside the report. To take them again after a wanted change:
//   REFERENCES=1 script/test-navigateur --project=references
// What changes with the day (dates, delays) is replaced by words that do not, before the picture of a page of work is taken.
import { join } from "node:path";
import { test as base, expect } from "../maison/essai.js";
import { figer } from "../maison/figer.js";
import { entrerComme } from "../maison/gestes.js";
import { comparer, photographier } from "../maison/image.js";
import type { BrowserContext, TestInfo } from "@playwright/test";
import type { Visite } from "../maison/visite.js";

const IMAGES = join(import.meta.dirname, "images");
const FAMILLES = ["", "/gestes", "/formulaires", "/donnees", "/recit", "/reperes", "/dessins"].map((famille) => `/composants${famille}`);
const PAGES = ["/", "/annuaire", "/projets/nouveau", "/connexion", "/affichage", "/nulle-part"];
const AFFICHAGES = ["clair", "sombre", "contraste", "contraste-sombre"] as const;
const LARGEURS = { large: { width: 1280, height: 900 }, moyen: { width: 768, height: 1024 }, etroit: { width: 360, height: 740 } };
/** Who works where. */
// Not the board: in which column a request stands changes with the working days.
const METIER = [
  { role: /Chargé·e territorial·e/, pages: { liste: "/tableau/liste?toutes=oui&tri=titre", suivi: "/projets/cafecrey/suivi" } },
  { role: /Maire de Cirey/, pages: { "mes-projets": "/projets", projet: "/projets/cafecrey", resultat: "/projets/cafecrey/resultat" } },
  { role: /Acteur de l’économie sociale/, pages: { compte: "/compte" } },
  { role: /Agent qui gère le site/, pages: { reglages: "/reglages", identite: "/reglages/identite" } },
] as const;

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
      const galerie = largeur === "large" || (largeur === "etroit" && !affichage.startsWith("contraste")) ? FAMILLES : [];
      const pages = largeur === "moyen" && affichage.startsWith("contraste") ? [] : PAGES;
      for (const chemin of [...pages, ...galerie]) {
        // Only looked at: the journeys judge them.
        await visiteur.page.goto(new URL(chemin, serveur.url).href);
        await reconnaitre(visiteur, `${nom(chemin)}-${affichage}-${largeur}`, laboratoire, essai);
      }
    });
  }
}

for (const [largeur, taille] of Object.entries(LARGEURS)) {
  test(`pages de travail, ${largeur}`, async ({ arrive, serveur, laboratoire }, essai) => {
    for (const { role, pages } of METIER) {
      const personne = await arrive();
      await personne.page.setViewportSize(taille);
      await entrerComme(personne, role);
      for (const [page, chemin] of Object.entries(pages)) {
        await personne.page.goto(new URL(chemin, serveur.url).href);
        await figer(personne);
        await reconnaitre(personne, `travail-${page}-${largeur}`, laboratoire, essai);
      }
    }
  });
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
