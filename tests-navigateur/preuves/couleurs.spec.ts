// Contrast of every text on real pixels, in each theme, at both widths.
import { expect, test } from "../maison/essai.js";
import { decrire, entrerComme, CAFE } from "../maison/gestes.js";
import { malVisibles } from "../maison/bords.js";
import { malLisibles } from "../maison/pixels.js";

const THEMES = {
  clair: { colorScheme: "light" },
  sombre: { colorScheme: "dark" },
  "clair, contraste renforcé": { colorScheme: "light", contrast: "more" },
  "sombre, contraste renforcé": { colorScheme: "dark", contrast: "more" },
} as const;

const PUBLIQUES = ["/", "/communes/54129", "/carte", "/leviers", "/leviers/detr", "/recherche?q=commerce", "/aide", "/facile-a-lire", "/accessibilite/criteres", "/connexion", "/nulle-part"];
const D_AGENT = ["/tableau", "/saisir"];
const LARGEURS = [1280, 360];

for (const [nom, theme] of Object.entries(THEMES)) {
  test(`chaque texte se lit dans le thème ${nom}`, async ({ arrive, browser }) => {
    test.setTimeout(300_000);
    const laboratoire = await browser.newContext({ javaScriptEnabled: true });
    const griefs: string[] = [];
    const passant = await arrive();
    const agent = await arrive();
    for (const visite of [passant, agent]) await visite.page.emulateMedia(theme);
    await entrerComme(agent, /Chargé·e territorial·e/);
    const reference = await decrire(passant, CAFE);
    const pages = [...PUBLIQUES, `/projets/${reference}/resultat`, `/projets/${reference}`].map((chemin) => [passant, chemin] as const);
    for (const [visite, chemin] of [...pages, ...D_AGENT.map((chemin) => [agent, chemin] as const)]) {
      await visite.aller(chemin);
      for (const width of LARGEURS) {
        await visite.page.setViewportSize({ width, height: 900 });
        const trouves = await test.step("contraste des pixels", () => malLisibles(visite.page, laboratoire));
        griefs.push(...trouves.map((grief) => `${chemin} à ${width} : ${grief}`));
      }
    }
    // A form that is refused has colours of its own.
    await passant.aller("/projets/nouveau");
    await passant.envoyer("Continuer");
    griefs.push(...(await malLisibles(passant.page, laboratoire)));
    await laboratoire.close();
    expect(griefs).toEqual([]);
  });
}

const A_REMPLIR: Array<[RegExp | undefined, string[]]> = [
  [undefined, ["/", "/projets/nouveau", "/annuaire", "/connexion", "/affichage"]],
  [/Chargé·e territorial·e/, ["/tableau", "/saisir"]],
  [/Agent qui gère le site/, ["/reglages/secteurs", "/reglages/identite"]],
];

for (const [nom, theme] of Object.entries(THEMES)) {
  test(`chaque champ, chaque bouton, le repère du clavier se voient dans le thème ${nom}`, async ({ arrive }) => {
    test.setTimeout(120_000);
    const griefs: string[] = [];
    for (const [role, chemins] of A_REMPLIR) {
      const visite = await arrive();
      await visite.page.emulateMedia(theme);
      if (role) await entrerComme(visite, role);
      for (const chemin of chemins) {
        await visite.aller(chemin);
        griefs.push(...(await malVisibles(visite.page)).map((grief) => `${chemin} : ${grief}`));
      }
    }
    expect(griefs).toEqual([]);
  });
}

test("la mesure voit un bord trop pâle", async ({ page }) => {
  await page.setContent(`<body style="background:#fff"><main><input id="pale" style="border:1px solid #ddd"><input id="franc" style="border:2px solid #333">
    <button style="border:0;background:#eee;color:#333">pâle</button></main>`);
  const griefs = (await malVisibles(page)).join("\n");
  expect(griefs).toContain('id="pale"');
  expect(griefs).not.toContain('champ : 1.00 pour 1, <input id="franc"');
  expect(griefs).toContain("bord du bouton");
});

test("la mesure voit un texte trop pâle, et celui d’une image", async ({ browser }) => {
  const laboratoire = await browser.newContext({ javaScriptEnabled: true });
  const page = await laboratoire.newPage();
  await page.setContent(`<body style="background:#fff"><p style="color:#999">pâle</p><p style="color:#222">franc</p>
    <p style="color:#fff;background:linear-gradient(#fff,#000)">sur un dégradé</p></body>`);
  const griefs = (await malLisibles(page, laboratoire)).join("\n");
  await laboratoire.close();
  expect(griefs).toContain("« pâle »");
  expect(griefs).toContain("« sur un dégradé »");
  expect(griefs).not.toContain("« franc »");
});
