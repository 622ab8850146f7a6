// What the first task of each persona costs: screens, words, fields, clicks, and how far they scroll at each width. The figures
// of docs/parcours.md are written here (MESURER=1), and a task never costs more than what is written there.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../maison/essai.js";
import { CAFE, courriel, decrire, demander, entrerComme, lien, seConnecter } from "../maison/gestes.js";
import type { Releve, Visite } from "../maison/visite.js";

const PAPIER = join(import.meta.dirname, "../../docs/parcours.md");
const LARGEURS = [360, 768, 1280];
/** At this one, the task is done with the keyboard and nothing else. */
const AU_CLAVIER = 1280;
const HAUTEUR = 800;
// A word more in a text is no longer journey.
const JEU_DE_MOTS = 1.1;

interface Premiere {
  persona: string;
  tache: string;
  /** What must be there before; not counted. */
  avant?: (arrive: () => Promise<Visite>) => Promise<string>;
  faire: (visite: Visite, prepare: string) => Promise<void>;
}

const TACHES: Premiere[] = [
  {
    persona: "Maire, sans compte",
    tache: "décrire une idée et voir ce qui peut aider",
    async faire(maire) {
      await maire.aller("/");
      await maire.suivre("Décrire mon projet");
      await maire.remplir("Titre court de votre projet", CAFE.titre);
      await maire.remplir("Commune du projet", CAFE.commune);
      await maire.remplir(/Qu’est-ce qui manque/, CAFE.manque);
      await maire.cocher(CAFE.theme);
      await maire.envoyer("Continuer");
      await maire.cocher("Étude");
      await maire.choisir("Qui porte le projet ?", "Commune");
      await maire.envoyer("Voir ce qui peut m’aider");
      await maire.titre("Ce qui peut vous aider");
    },
  },
  {
    persona: "Secrétaire de mairie",
    tache: "se connecter et choisir sa commune",
    async faire(secretaire) {
      await seConnecter(secretaire, "secretaire@exemple.invalid");
      await secretaire.choisir("Pour quelle commune ?", { index: 1 });
      await secretaire.envoyer("Choisir");
    },
  },
  {
    persona: "Chargé·e territorial·e",
    tache: "ouvrir le projet qui attend et répondre",
    avant: async (arrive) => demander(await arrive(), "mesure@exemple.invalid", { ...CAFE, titre: "Le projet qui attend" }),
    async faire(charge, reference) {
      await charge.aller("/tableau");
      await charge.naviguerVers(`/projets/${reference}`);
      await charge.remplir("Votre réponse à la commune", "Je passe mardi à la mairie.");
      await charge.envoyer("Envoyer la réponse");
      await charge.lit("La réponse est envoyée");
    },
  },
  {
    persona: "Coordination",
    tache: "voir la charge de chacun",
    async faire(coordination) {
      await coordination.aller("/tableau");
      await coordination.lit("Transmettre un portefeuille");
    },
  },
  {
    persona: "Direction",
    tache: "lire la note d’un secteur",
    async faire(direction) {
      await direction.aller("/pilotage");
      await direction.choisir("Secteur", { index: 1 });
      await direction.envoyer("Filtrer");
    },
  },
  {
    persona: "Acteur de l’économie sociale",
    tache: "répondre à une mise en relation reçue par courriel",
    async avant(arrive) {
      const commune = await arrive();
      const reference = await demander(commune, "mise-en-relation@exemple.invalid");
      const charge = await arrive();
      await entrerComme(charge, /Chargé·e territorial·e/);
      await charge.aller(`/projets/${reference}/suivi`);
      await charge.deplier("Proposer une mise en relation");
      await charge.remplir("Ou un autre acteur : son nom", "Les Granges partagées (exemple)");
      await charge.remplir("Son adresse de courriel", `granges-${reference}@exemple.invalid`);
      await charge.remplir("Texte de la mise en relation", "Une commune cherche un appui pour un café-épicerie.");
      await charge.envoyer("Proposer au porteur");
      await commune.aller(`/projets/${reference}`);
      await commune.envoyer(/^(Oui|Approuver|D’accord|Envoyer ce texte)/);
      return lien(await courriel(commune, `granges-${reference}@exemple.invalid`, /./), "/relation/");
    },
    async faire(acteur, chemin) {
      await acteur.aller(chemin);
      await acteur.envoyer("Intéressé");
      await acteur.lit("Vous recevez les coordonnées du porteur");
    },
  },
  {
    persona: "Agent qui gère le site",
    tache: "trouver où changer la phrase de l’accueil",
    async faire(agent) {
      await agent.aller("/reglages");
      await agent.suivre("Textes du site");
      await agent.suivre(/Grande phrase de la page d’accueil/);
    },
  },
  {
    persona: "Habitant·e",
    tache: "voir ce qui se fait dans sa commune, et qui appeler",
    async faire(habitante) {
      await habitante.aller("/");
      await habitante.remplir("Votre commune", "Cirey-sur-Vezouze");
      await habitante.valider("Votre commune");
    },
  },
];

const ROLES: Record<string, RegExp> = {
  "Chargé·e territorial·e": /Chargé·e territorial·e/,
  "Coordination": /Coordination/,
  "Direction": /Direction/,
  "Agent qui gère le site": /Agent qui gère le site/,
};

/** The lines of the table: persona, task, then « avant » and « après » of each figure. */
const LIGNE = /^\| ([^|]+) \| ([^|]+) \| (.+) \|$/gm;
const chiffres = (r: Releve, hauteurs: number[]): number[] => [r.ecrans, r.mots, r.champs, r.clics, ...hauteurs];

function ecrits(): Map<string, Array<[number, number]>> {
  const lignes = [...readFileSync(PAPIER, "utf8").matchAll(LIGNE)].filter(([, , , cases]) => cases?.includes("→"));
  return new Map(lignes.map(([, persona = "", , cases = ""]) => [persona, cases.split(" | ").map((c) => c.split("→").map((n) => Number(n.replace(",", "."))) as [number, number])]));
}

/** What each one has to find on a telephone, page after page, to begin: nothing else is read before. */
interface Recit {
  persona: string;
  gestes: Array<[string, (page: Page) => Locator]>;
  role?: RegExp;
}

const RECITS: Recit[] = [
  {
    persona: "Maire d’un village",
    gestes: [
      ["/", (page) => page.getByRole("link", { name: "Décrire mon projet" })],
      ["/projets/nouveau", (page) => page.getByLabel("Titre court de votre projet")],
    ],
  },
  {
    persona: "Direction des services d’une commune",
    role: /Maire de Cirey/,
    gestes: [
      ["/connexion", (page) => page.getByLabel("Votre adresse de courriel")],
      ["/compte", (page) => page.getByRole("link", { name: "Déclarer une fonction" })],
      ["/compte/mandats/nouveau", (page) => page.getByLabel("Une commune", { exact: true })],
    ],
  },
  {
    persona: "Association",
    gestes: [
      ["/annuaire", (page) => page.getByLabel("Un nom, un mot, un besoin")],
      ["/annuaire?q=emmaus", (page) => page.locator("[data-resultats] a[href^='/annuaire/']", { hasText: /emmaüs|emmaus/i })],
    ],
  },
  {
    persona: "Chargé·e territorial·e",
    role: /Chargé·e territorial·e/,
    gestes: [["/tableau", (page) => page.locator("main a[href^='/projets/']")]],
  },
  {
    persona: "Coordination",
    role: /Coordination/,
    gestes: [["/tableau", (page) => page.getByRole("link", { name: "Voir la charge de chacun" })]],
  },
  {
    persona: "Agent qui gère le site",
    role: /Agent qui gère le site/,
    gestes: [["/reglages", (page) => page.getByRole("link", { name: "Textes du site" })]],
  },
  { persona: "Direction", role: /Direction/, gestes: [["/pilotage", (page) => page.getByLabel("Secteur")]] },
  {
    persona: "Habitant·e",
    gestes: [
      ["/", (page) => page.getByLabel("Votre commune")],
      ["/communes/54129", (page) => page.locator("main a[href^='tel:']")],
    ],
  },
];

/** Someone who reads slowly reads so many words in a minute (à vérifier). */
const MOTS_PAR_MINUTE = 130;

/** Words that come before this in the page, and how far down it stands, in heights of the window. */
function avantDe(cible: Locator): Promise<{ mots: number; hauteurs: number }> {
  return cible.first().evaluate((element) => {
    let mots = 0;
    const textes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let texte = textes.nextNode(); texte; texte = textes.nextNode()) {
      if (!(texte.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      const parent = texte.parentElement;
      if (!parent?.checkVisibility({ visibilityProperty: true }) || parent.closest("script, style, .govuk-visually-hidden, .govuk-skip-link, .tr-demo")) continue;
      mots += (texte.textContent?.match(/[\p{L}\d][\p{L}\d’'-]*/gu) ?? []).length;
    }
    return { mots, hauteurs: (element.getBoundingClientRect().top + scrollY) / innerHeight };
  });
}

const trouves = new Map<string, string[]>();

for (const { persona, role, gestes } of RECITS) {
  test(`${persona} : trouve quoi faire, sur un téléphone`, async ({ arrive }) => {
    const visite = await arrive();
    await visite.page.setViewportSize({ width: 360, height: 640 });
    const pas: Array<[string, string, string]> = [];
    let lus = 0;
    for (const [rang, [ou, geste]] of gestes.entries()) {
      // The page to sign in is for those who have not.
      if (role && (rang > 0 || ou !== "/connexion")) await entrerComme(visite, role);
      await visite.aller(ou);
      const { mots, hauteurs } = await avantDe(geste(visite.page));
      pas.push([`\`${ou}\``, String(mots), String(Math.round(hauteurs * 10) / 10).replace(".", ",")]);
      lus += mots;
      expect.soft(hauteurs, `${ou} : hauteurs avant le geste`).toBeLessThan(2.5);
    }
    // The whole way, page after page: under a minute.
    const secondes = Math.round((lus * 60) / MOTS_PAR_MINUTE);
    expect.soft(secondes, "secondes de lecture avant de commencer").toBeLessThan(60);
    if (pas.length > 1) pas.push(["en tout", String(lus), ""]);
    trouves.set(persona, pas.map((cases, rang) => `| ${[persona, ...cases, rang === pas.length - 1 ? secondes : ""].join(" | ")} |`));
    console.log(trouves.get(persona)?.join("\n"));
  });
}

// The table is written from what one worker measured.
if (process.env["MESURER"] === "1") test.describe.configure({ mode: "default" });
const mesures = new Map<string, number[]>();

for (const { persona, tache, avant, faire } of TACHES) {
  test(`${persona} : ${tache}, à la souris, puis au clavier seul`, async ({ arrive }) => {
    const hauteurs: number[] = [];
    let releve: Releve | undefined;
    for (const width of LARGEURS) {
      const prepare = (await avant?.(arrive)) ?? "";
      const visite = await arrive();
      await visite.page.setViewportSize({ width, height: HAUTEUR });
      const role = ROLES[persona];
      if (role) await entrerComme(visite, role);
      visite.auClavier = width === AU_CLAVIER;
      Object.assign(visite.releve, { ecrans: 0, mots: 0, champs: 0, clics: 0, hauteurs: 0 });
      await faire(visite, prepare);
      releve = { ...visite.releve };
      hauteurs.push(Math.round(releve.hauteurs * 10) / 10);
    }
    if (!releve) throw new Error("aucune largeur");
    const vus = chiffres(releve, hauteurs);
    mesures.set(persona, vus);
    console.log(`${persona} : ${vus.join(" · ")}`);
    if (process.env["MESURER"] === "1") return;
    const avantApres = ecrits().get(persona);
    expect(avantApres, "docs/parcours.md : lancez avec MESURER=1").toBeDefined();
    vus.forEach((vu, i) => {
      const compte = i === 0 || i === 2 || i === 3;
      const permis = avantApres?.[i]?.[1] ?? 0;
      expect.soft(vu, `chiffre ${i + 1} de « ${persona} »`).toBeLessThanOrEqual(compte ? permis : permis * JEU_DE_MOTS);
    });
  });
}

test("le tableau des parcours est écrit", async () => {
  test.skip(process.env["MESURER"] !== "1", "MESURER=1 l’écrit");
  // A task that failed has no figure, and took those before it away with its worker.
  expect(mesures.size).toBe(TACHES.length);
  const avant = ecrits();
  const nombre = (n: number): string => String(n).replace(".", ",");
  const lignes = TACHES.map(({ persona, tache }) => {
    const vus = mesures.get(persona) ?? [];
    return `| ${persona} | ${tache} | ${vus.map((vu, i) => `${nombre(avant.get(persona)?.[i]?.[0] ?? vu)} → ${nombre(vu)}`).join(" | ")} |`;
  });
  const papier = readFileSync(PAPIER, "utf8");
  const tableau = /(<!-- mesures -->\n)[\s\S]*?(<!-- fin des mesures -->)/;
  const entete = `| persona | première tâche | écrans | mots lus | champs | clics | ${LARGEURS.map((l) => `hauteurs à ${l}`).join(" | ")} |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n`;
  expect(papier).toMatch(tableau);
  const gestes = /(<!-- gestes -->\n)[\s\S]*?(<!-- fin des gestes -->)/;
  expect(papier).toMatch(gestes);
  expect(trouves.size).toBe(RECITS.length);
  const trouver = "| persona | page | mots avant le geste | hauteurs avant le geste | secondes, en tout |\n| --- | --- | --- | --- | --- |\n";
  const ecrit = papier
    .replace(tableau, `$1\n${entete}${lignes.join("\n")}\n\n$2`)
    .replace(gestes, `$1\n${trouver}${RECITS.flatMap(({ persona }) => trouves.get(persona) ?? []).join("\n")}\n\n$2`);
  writeFileSync(PAPIER, ecrit);
});
