// The sheets of aids, as those who keep them true.
import { expect, test } from "../maison/essai.js";
import { entrerComme } from "../maison/gestes.js";

test("l’agent du site relit une fiche, voit son histoire et commence une nouvelle fiche", async ({ arrive }) => {
  const agent = await arrive();
  await entrerComme(agent, /Agent qui gère le site/);
  await agent.aller("/reglages/leviers");
  await agent.capturer("leviers");
  const fiche = agent.page.locator("main a[href^='/reglages/leviers/']:not([href$='/nouveau'])").first();
  const chemin = (await fiche.getAttribute("href")) ?? "";
  await agent.aller(chemin);
  await expect(agent.page.getByRole("heading", { level: 1 })).toBeVisible();
  await agent.aller(`${chemin}/historique`);
  await agent.aller("/reglages/leviers/nouveau");
  await expect(agent.page.locator("form[method='post']").last()).toBeVisible();
});
