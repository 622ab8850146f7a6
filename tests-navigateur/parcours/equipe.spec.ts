// Who may act, and who takes over: colleagues, mandates, absences, portfolios; a refusal, two sheets for one project, two
// agents on the same request.
import { expect, test } from "../maison/essai.js";
import { CAFE, courriel, demander, entrerComme, seConnecter } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const SITE = /Agent qui gère le site/;
const CHARGE = /Chargé·e territorial·e/;
/** Each setting has its own people: the demonstration is shared by the journeys of a worker. */
const personne = (nom: string): string => `${nom}.${Date.now().toString(36)}@exemple.invalid`;

async function article(visite: Visite, mots: string) {
  const trouve = visite.page.locator("article", { hasText: mots });
  await expect(trouve).toBeVisible();
  return trouve;
}

test("la maire invite un collègue, qui voit le projet", async ({ arrive }) => {
  const maire = await arrive();
  await entrerComme(maire, /Maire de Cirey/);
  await maire.aller("/projets/cafecrey/inviter");
  await maire.envoyer(/^Inviter|^Envoyer/);
  await maire.lit("Indiquez l’adresse de votre collègue");
  const adresse = personne("collegue");
  await maire.remplir("Adresse de courriel de votre collègue", adresse);
  await maire.envoyer(/^Inviter|^Envoyer/);
  await maire.lit("L’invitation est envoyée");
  const collegue = await arrive();
  await courriel(collegue, adresse, "vous invite à suivre un projet");
  await seConnecter(collegue, adresse);
  await collegue.aller("/projets/cafecrey");
  await collegue.titre("Rouvrir le café-épicerie de la place");
});

test("une fonction se déclare, se vérifie, se termine, et la main passe", async ({ arrive }) => {
  const adresse = personne("elue");
  const elue = await arrive();
  await seConnecter(elue, adresse);
  await elue.aller("/compte/mandats/nouveau");
  await elue.cocher("Une commune");
  await elue.remplir("Commune", "Cirey-sur-Vezouze");
  await elue.cocher("Agent de la collectivité");
  await elue.remplir("Qu’est-ce qui le montre ? (facultatif)", "Arrêté de nomination d’exemple");
  await elue.envoyer("Déclarer");
  await elue.lit("déclarée, à vérifier");
  expect((await elue.demander("/projets/cafecrey/pieces")).status()).toBe(403);

  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.aller("/agents/mandats");
  const declaree = await article(charge, adresse);
  await charge.remplir(/Preuve vue/, "Arrêté vu", declaree);
  await charge.envoyer("Vérifier", declaree);
  await courriel(elue, adresse, /fonction/i);
  await elue.aller("/projets/cafecrey");
  await elue.titre("Rouvrir le café-épicerie de la place");

  // The mayor ends the function of a colleague who left; the project stays with the commune.
  const maire = await arrive();
  await entrerComme(maire, /Maire de Cirey/);
  await maire.aller("/compte/collegues");
  const collegue = await article(maire, adresse);
  await maire.remplir(/Raison, ou preuve vue/, "Départ", collegue);
  await maire.envoyer(/^Terminer/, collegue);
  expect((await elue.demander("/projets/cafecrey/pieces")).status()).toBe(403);
  await maire.aller("/projets/cafecrey");
});

test("un agent arrive, reçoit un secteur, s’absente, passe son portefeuille", async ({ arrive }) => {
  const site = await arrive();
  await entrerComme(site, SITE);
  const adresse = personne("renfort");
  const nom = `Renfort-${Date.now().toString(36)}`;
  await site.aller("/reglages/utilisateurs");
  await site.remplir("Prénom", "Ada");
  await site.remplir("Nom", nom);
  await site.remplir("Courriel professionnel", adresse);
  await site.cocher("Chargé·e territorial·e");
  await site.envoyer("Donner la fonction");
  await site.lit("La fonction est donnée");

  await site.aller("/reglages/secteurs");
  await site.suivre("Longwy");
  await site.choisir("Confier le secteur à", `Ada ${nom}`);
  await site.envoyer("Confier");
  await site.lit(`Ada ${nom}`);
  const passant = await arrive();
  await passant.aller("/communes/54323");
  await passant.lit(`Ada ${nom}`);

  // Absent from today on, replaced: a new request goes to the replacement.
  const aujourdhui = new Date().toISOString().slice(0, 10);
  await site.aller("/reglages/secteurs");
  await site.choisir("Qui s’absente ?", `Ada ${nom}`);
  await site.remplir("Absence à partir du", aujourdhui);
  await site.remplir("Absence jusqu’au", aujourdhui);
  await site.choisir("Qui répond pendant ce temps ?", "Claude Exemple-Chargé");
  await site.envoyer("Noter l’absence");
  await site.lit(/Ada Renfort.*(absent|remplac)/i);
  const commune = await arrive();
  const reference = await demander(commune, personne("longwy"), { ...CAFE, titre: `Une halle à Longwy ${nom}`, commune: "Longwy" });
  await courriel(commune, "charge.lunevillois@exemple.invalid", `Longwy`);

  const coordination = await arrive();
  await entrerComme(coordination, /Coordination/);
  await coordination.choisir("Le portefeuille de", "Claude Exemple-Chargé");
  await coordination.choisir("À qui le transmettre ?", "Claude Exemple-Chargé");
  await coordination.envoyer("Transmettre");
  await expect(coordination.page.locator("main")).toBeVisible();
  await coordination.aller("/tableau");
  await coordination.choisir("Le portefeuille de", "Claude Exemple-Chargé");
  await coordination.choisir("À qui le transmettre ?", `Ada ${nom}`);
  await coordination.envoyer("Transmettre");
  const renfort = await arrive();
  await seConnecter(renfort, adresse);
  await renfort.aller(`/projets/${reference}/suivi`);
  await renfort.titre(`Une halle à Longwy ${nom}`);
  await coordination.aller("/tableau");
  await coordination.choisir("Le portefeuille de", `Ada ${nom}`);
  await coordination.choisir("À qui le transmettre ?", "Claude Exemple-Chargé");
  await coordination.envoyer("Transmettre");
});

test("refuse avec une raison, que la commune lit", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, personne("refus"));
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.aller(`/projets/${reference}/suivi`);
  await charge.deplier("Ne pas accompagner");
  await charge.envoyer("Clore la demande");
  await expect(charge.page.getByRole("alert").first()).toBeVisible();
  await charge.remplir(/Pourquoi le département ne peut pas/, "Ce projet relève de la Région, que je préviens.");
  await charge.envoyer("Clore la demande");
  await commune.aller(`/projets/${reference}`);
  await commune.lit("Ce projet relève de la Région, que je préviens.");
});

test("réunit deux fiches d’un même projet, puis les sépare", async ({ arrive }) => {
  const une = await arrive();
  const reste = await demander(une, personne("une"));
  const autre = await arrive();
  const double = await demander(autre, personne("autre"), { ...CAFE, titre: "Le café de la place" });
  const charge = await arrive();
  await entrerComme(charge, CHARGE);
  await charge.aller(`/projets/${double}/suivi`);
  await charge.deplier("Ce projet a déjà une autre fiche");
  await charge.remplir("Référence de l’autre fiche", reste);
  await charge.envoyer("Réunir les deux fiches");
  await charge.lit("Les deux fiches n’en font plus qu’une");
  await autre.aller(`/projets/${double}`);
  expect(autre.chemin).toBe(`/projets/${reste}`);
  await charge.aller(`/projets/${reste}/suivi`);
  await charge.envoyer(/^Les séparer/);
  await charge.lit("Les deux fiches sont séparées");
});

test("deux agents sur la même demande : le second voit ce qu’a fait le premier et garde son texte", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, personne("conflit"));
  const [charge, coordination] = [await arrive(), await arrive()];
  await entrerComme(charge, CHARGE);
  await entrerComme(coordination, /Coordination/);
  for (const agent of [charge, coordination]) await agent.aller(`/projets/${reference}/suivi`);
  await charge.remplir("Votre réponse à la commune", "Je passe mardi à la mairie.");
  await charge.envoyer("Envoyer la réponse");
  await charge.lit("La réponse est envoyée");
  await coordination.remplir("Votre réponse à la commune", "Texte à ne pas perdre.");
  await coordination.envoyer("Envoyer la réponse");
  await coordination.lit("Quelqu’un a agi sur cette demande");
  await coordination.lit("Je passe mardi à la mairie.");
  await expect(coordination.page.getByLabel("Votre réponse à la commune")).toHaveValue("Texte à ne pas perdre.");
});

test("deux agents suspendent le délai : le second voit ce que le premier attend et garde son texte", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, personne("attente"));
  const [charge, coordination] = [await arrive(), await arrive()];
  await entrerComme(charge, CHARGE);
  await entrerComme(coordination, /Coordination/);
  for (const agent of [charge, coordination]) {
    await agent.aller(`/projets/${reference}/suivi`);
    await agent.deplier("Attendre un élément de la commune");
  }
  await charge.remplir("Ce que vous attendez de la commune", "Le plan du local.");
  await charge.envoyer("Suspendre le délai");
  await charge.lit("Le délai est suspendu");
  await coordination.remplir("Ce que vous attendez de la commune", "Le devis à ne pas perdre.");
  await coordination.envoyer("Suspendre le délai");
  await coordination.lit("Le délai est déjà suspendu");
  await coordination.lit("Le plan du local.");
  await coordination.lit("Le devis à ne pas perdre.");
});
