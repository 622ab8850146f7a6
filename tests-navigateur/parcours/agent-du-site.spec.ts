// The agent who runs the site, without shell.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

test("visite chaque réglage", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.titre("Réglages");
  await agent.capturer("reglages");
  const pages = await agent.page.locator("main a[href^='/reglages/']").evaluateAll((liens) => liens.map((l) => l.getAttribute("href") ?? ""));
  expect(pages.length).toBeGreaterThanOrEqual(4);
  for (const page of pages) {
    await agent.aller(page);
    await expect(agent.page.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("change l’identité, se trompe de couleur, crée un secteur", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/identite");
  await agent.envoyer("Enregistrer");
  await expect(agent.page.locator("main")).toBeVisible();
  await agent.aller("/reglages/secteurs");
  await agent.capturer("secteurs");
  await agent.envoyer("Créer le secteur");
  await expect(agent.page.getByRole("alert")).toBeVisible();
  await agent.suivre(/Lunévillois/, agent.page.locator("main"));
  await agent.lit("Chargé·e");
});
