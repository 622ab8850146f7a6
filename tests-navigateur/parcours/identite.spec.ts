// An agent enters with their professional identity: a real provider, its own pages, both signatures.
import { modele } from "../maison/atelier.js";
import { expect, test as base } from "../maison/essai.js";
import { type Fournisseur, ouvrirLeFournisseur } from "../maison/fournisseur.js";
import { sortir } from "../maison/gestes.js";
import { type Serveur, demarrer } from "../maison/serveur.js";
import type { Visite } from "../maison/visite.js";

const test = base.extend<object, { fournisseur: Fournisseur; siteDesAgents: Serveur }>({
  fournisseur: [
    async ({}, prete) => {
      const fournisseur = await ouvrirLeFournisseur();
      await prete(fournisseur);
      await fournisseur.arreter();
    },
    { scope: "worker" },
  ],
  siteDesAgents: [
    async ({ fournisseur }, prete) => {
      const serveur = await demarrer(modele(), fournisseur.reglages);
      await prete(serveur);
      await serveur.arreter();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

/** To the provider and through its own pages, which are not ours to judge. */
async function sIdentifier(agent: Visite, login: string): Promise<void> {
  await agent.aller("/connexion");
  await agent.page.getByRole("link", { name: "Se connecter avec ProConnect" }).click();
  await agent.page.getByPlaceholder("Enter any login").fill(login);
  await agent.page.getByPlaceholder("and password").fill("essai");
  await agent.page.getByRole("button", { name: "Sign-in" }).click();
  await agent.page.getByRole("button", { name: "Continue" }).click();
  await expect(agent.page.locator("summary", { hasText: "Mon compte" })).toBeVisible();
  await agent.juger();
}

for (const algorithme of ["RS256", "ES256"] as const) {
  test(`entre, garde sa fonction, sort, signature ${algorithme}`, async ({ arrive, fournisseur, siteDesAgents }) => {
    fournisseur.connaitre(siteDesAgents.url, algorithme);
    const agent = await arrive({ site: siteDesAgents.url, voisins: [fournisseur.url] });
    await sIdentifier(agent, "charge.lunevillois");
    await agent.aller("/tableau");
    await agent.titre("Tableau de bord");

    await sortir(agent);
    await agent.titre("Vous êtes déconnecté");
    await agent.page.getByRole("link", { name: /ProConnect/ }).click();
    await agent.page.getByRole("button", { name: "Yes, sign me out" }).click();
    await agent.page.waitForURL(`${siteDesAgents.url}/**`);
    await agent.lit("Vous êtes déconnecté");
  });
}

test("une identité nouvelle ouvre un compte, sans aucune fonction", async ({ arrive, fournisseur, siteDesAgents }) => {
  fournisseur.connaitre(siteDesAgents.url, "RS256");
  const agent = await arrive({ site: siteDesAgents.url, voisins: [fournisseur.url] });
  await sIdentifier(agent, "Ada.Exemple");
  await agent.aller("/compte");
  await expect(agent.page.getByLabel("Prénom")).toHaveValue("Ada");
  await agent.aller("/reglages");
  await agent.lit("réservée");
});

test("renonce chez le fournisseur : la page dit comment entrer autrement", async ({ arrive, fournisseur, siteDesAgents }) => {
  fournisseur.connaitre(siteDesAgents.url, "RS256");
  const agent = await arrive({ site: siteDesAgents.url, voisins: [fournisseur.url] });
  await agent.aller("/connexion");
  await agent.page.getByRole("link", { name: "Se connecter avec ProConnect" }).click();
  await agent.page.getByRole("link", { name: "[ Cancel ]" }).click();
  await agent.page.waitForURL(`${siteDesAgents.url}/**`);
  await agent.lit("la connexion a été abandonnée");
  await agent.lit("entrez avec votre adresse de courriel");
});
