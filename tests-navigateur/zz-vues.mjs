import { chromium } from "@playwright/test";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium-headless-shell", args: ["--no-sandbox"] });
const base = "http://127.0.0.1:8102";
for (const [nom, taille] of [["1280", { width: 1280, height: 900 }], ["360", { width: 360, height: 740 }]]) {
  const c = await b.newContext({ viewport: taille, locale: "fr-FR" });
  const p = await c.newPage();
  const vue = async (n, full = true) => p.screenshot({ path: `/tmp/vue-${n}-${nom}.png`, fullPage: full });
  await p.goto(base + "/demo");
  await p.getByRole("button", { name: /Chargé·e territorial·e/ }).click();
  await p.waitForLoadState();
  await p.goto(base + "/tableau"); await vue("tableau");
  await p.goto(base + "/tableau/liste?toutes=oui"); await vue("liste");
  await p.goto(base + "/recherche?q=epicerie"); await vue("recherche");
  await p.goto(base + "/projets/cafecrey/suivi");
  await p.getByLabel("Votre réponse à la commune").pressSequentially("Je passe mardi à la mairie de Cirey.");
  await p.waitForTimeout(3500);
  await p.getByLabel("Votre réponse à la commune").scrollIntoViewIfNeeded();
  await vue("suivi-garde", false);
  await p.goto(base + "/projets/cafecrey/suivi"); await p.waitForTimeout(1000);
  const offre = p.getByText("Vous aviez commencé"); if (await offre.count()) await offre.scrollIntoViewIfNeeded(); else console.log("pas d’offre", nom);
  await vue("suivi-offre", false);
  await p.getByRole("button", { name: "Effacer ce brouillon" }).first().click().catch((e) => console.log(e.message));
  await p.goto(base + "/mots"); await vue("mots");
  await p.goto(base + "/demo");
  await p.getByRole("button", { name: /Agent qui gère le site/ }).click();
  await p.goto(base + "/reglages/identite"); await vue("identite");
  await c.close();
}
await b.close();
