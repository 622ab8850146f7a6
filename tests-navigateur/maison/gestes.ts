// What several personas do alike.
import { expect, test } from "@playwright/test";
import type { Visite } from "./visite.js";

export interface Idee {
  titre: string;
  commune: string;
  manque: string;
  theme: RegExp;
  porteur: string;
  cout?: string;
}

export const CAFE: Idee = {
  titre: "Rouvrir le café-épicerie",
  commune: "Cirey-sur-Vezouze",
  manque: "Plus de commerce depuis deux ans. Les habitants âgés font quinze kilomètres pour leur pain.",
  theme: /Commerce/,
  porteur: "Commune",
  cout: "120 000",
};

/** The two screens, to the answer "what fits". Returns the reference. */
export async function decrire(visite: Visite, idee: Idee): Promise<string> {
  await visite.aller("/projets/nouveau");
  await visite.remplir("Titre court de votre projet", idee.titre);
  await visite.remplir("Commune du projet", idee.commune);
  await visite.remplir(/Qu’est-ce qui manque/, idee.manque);
  await visite.cocher(idee.theme);
  await visite.envoyer("Continuer");
  await visite.titre("Où vous en êtes");
  await visite.cocher("Étude");
  await visite.choisir("Qui porte le projet ?", idee.porteur);
  await visite.page.getByRole("group", { name: "Le maire est-il informé ?" }).getByLabel("Oui").check();
  await visite.cocher(/argent/i);
  if (idee.cout) await visite.remplir("Combien cela coûterait-il, en tout ?", idee.cout);
  await visite.envoyer("Voir ce qui peut m’aider");
  await visite.titre("Ce qui peut vous aider");
  return visite.reference;
}

/** Text of the newest mail to this address, waited for: the worker sends after the answer. Not `avant`, known already. */
export async function courriel(visite: Visite, a: string, sujet: string | RegExp, avant = ""): Promise<string> {
  let trouve = "";
  await test.step("courriels attendus", () =>
    expect(async () => {
      trouve = await dernierCourriel(visite, a, sujet);
      expect(trouve, `un courriel à ${a}`).not.toBe(avant);
    }).toPass({ timeout: 30_000, intervals: [50, 100, 200, 500] }),
  );
  return trouve;
}

/** The newest mail to this address; nothing when there is none. The page itself is judged by its own journey. */
export async function dernierCourriel(visite: Visite, a: string, sujet: string | RegExp): Promise<string> {
  const html = await (await visite.demander("/demo/courriels")).text();
  const articles = [...html.matchAll(/<article[^>]*>([\s\S]*?)<\/article>/g)].map(([, article = ""]) => mots(article));
  const convient = (texte: string): boolean => (typeof sujet === "string" ? texte.includes(sujet) : sujet.test(texte));
  return articles.find((texte) => texte.includes(`À ${a},`) && convient(texte)) ?? "";
}

/** The words of a piece of a page. */
function mots(html: string): string {
  const signes: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#34": '"', "#38": "&", "#39": "'", "#60": "<", "#62": ">" };
  return html.replace(/<\/(h2|p|div)>/g, "\n").replace(/<[^>]+>/g, "").replace(/[\u00a0\u202f]/g, " ").replace(/&([a-z]+|#\d+);/g, (entier, nom: string) => signes[nom] ?? entier);
}

/** The path of the first link of this kind in a mail. */
export function lien(texte: string, debut: string): string {
  const trouve = new RegExp(`https?://[^/\\s]+(${debut}\\S*)`).exec(texte)?.[1];
  if (!trouve) throw new Error(`pas de lien ${debut} dans :\n${texte}`);
  return trouve;
}

export const CONNEXION = "Votre lien pour vous connecter";

/** Signs in as everyone does: an address, then the code of the mail, typed. */
export async function seConnecter(visite: Visite, adresse: string): Promise<void> {
  if (!visite.chemin.startsWith("/connexion") && !visite.chemin.endsWith("/garder")) await visite.aller("/connexion");
  const avant = await dernierCourriel(visite, adresse, CONNEXION);
  await visite.remplir("Votre adresse de courriel", adresse);
  await visite.envoyer(/Recevoir le/);
  await visite.titre("Vérifiez vos courriels");
  const texte = await courriel(visite, adresse, CONNEXION, avant);
  const code = /Votre code : (\d{6})/.exec(texte.replace(/\s/g, " "))?.[1];
  if (!code) throw new Error(`pas de code dans :\n${texte}`);
  await visite.remplir("Code reçu", code);
  await visite.envoyer("Entrer");
}

/** Leaves, by the button under "Mon compte". */
export async function sortir(visite: Visite): Promise<void> {
  await visite.deplier("Mon compte");
  await visite.envoyer("Se déconnecter");
}

/** Enters as one of the invented people of the demonstration. */
export async function entrerComme(visite: Visite, role: string | RegExp): Promise<void> {
  await visite.aller("/demo");
  await visite.envoyer(role);
}

/** A described project, kept by this address, with its request of accompaniment sent. */
export async function demander(visite: Visite, adresse: string, idee: Idee = CAFE): Promise<string> {
  const reference = await decrire(visite, idee);
  await visite.suivre("Garder ce projet");
  await seConnecter(visite, adresse);
  await visite.aller(`/projets/${reference}/accompagnement`);
  await visite.remplir("Qu’attendez-vous de nous ?", "Nous aider à choisir la forme juridique.");
  await visite.envoyer("Envoyer ma demande");
  return reference;
}
