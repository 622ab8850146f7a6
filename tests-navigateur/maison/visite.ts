// One person in front of one browser: every page they reach is judged.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type APIResponse, type BrowserContext, type Locator, type Page, type Response, expect, test } from "@playwright/test";
import { allerA } from "./clavier.js";
import { juger, surveiller } from "./juge.js";

const IMAGES = join(import.meta.dirname, "../../docs/images");

export interface Contexte {
  site: string;
  /** Other sites that this person may be sent to: their provider of identity. */
  voisins: string[];
  scripts: boolean;
  capturable: boolean;
  griefs: string[];
}

/** What a task costs a person. */
export interface Releve {
  ecrans: number;
  mots: number;
  champs: number;
  clics: number;
  /** Heights of window, all screens together. */
  hauteurs: number;
}

export class Visite {
  /** From now on, no mouse: every gesture is made with the keyboard. */
  auClavier = false;

  readonly releve: Releve = { ecrans: 0, mots: 0, champs: 0, clics: 0, hauteurs: 0 };

  private constructor(
    readonly page: Page,
    private readonly contexte: Contexte,
  ) {}

  static async commencer(navigateur: BrowserContext, contexte: Contexte): Promise<Visite> {
    const page = await navigateur.newPage();
    surveiller(page, contexte.site, contexte.voisins, contexte.griefs);
    return new Visite(page, contexte);
  }

  /** Another tab of the same browser. */
  async onglet(): Promise<Visite> {
    return Visite.commencer(this.page.context(), this.contexte);
  }

  get scripts(): boolean {
    return this.contexte.scripts;
  }

  /** Opens an address of the site. */
  async aller(chemin: string): Promise<Response | null> {
    const reponse = await test.step("pages ouvertes", () => this.page.goto(new URL(chemin, this.contexte.site).href));
    await this.arriver();
    return reponse;
  }

  /** Chooses a look, as its page does: a cookie. */
  async afficher(affichage: string): Promise<void> {
    await this.page.context().addCookies([{ name: "terreau_affichage", value: affichage, url: this.contexte.site }]);
  }

  /** Follows the link with these words. */
  async suivre(mots: string | RegExp, dans: Page | Locator = this.page): Promise<void> {
    await this.naviguer(dans.getByRole("link", { name: mots }).first());
  }

  /** Follows the first link of the page to an address that begins so. */
  async naviguerVers(debut: string): Promise<void> {
    await this.naviguer(this.page.locator(`main a[href^="${debut}"]`).first());
  }

  /** Presses the button with these words. */
  async envoyer(mots: string | RegExp, dans: Page | Locator = this.page): Promise<void> {
    await this.naviguer(dans.getByRole("button", { name: mots, exact: typeof mots === "string" }).first());
  }

  /** The Enter key, in this field. */
  async valider(libelle: string): Promise<void> {
    const champ = this.page.getByLabel(libelle, { exact: true });
    await this.naviguer(champ, () => champ.press("Enter"));
  }

  /** The button, the link, the fold: pressed. */
  private async presser(cible: Locator): Promise<void> {
    if (this.auClavier) await this.page.keyboard.press("Enter");
    else await cible.click();
  }

  private async naviguer(cible: Locator, geste: () => Promise<void> = () => this.presser(cible)): Promise<void> {
    await test.step("pages suivies et envoyées", async () => {
      await cible.waitFor();
      if (this.auClavier) await allerA(this.page, cible);
      const arrivee = this.page.waitForEvent("domcontentloaded");
      await Promise.all([arrivee, geste()]);
      await this.page.waitForLoadState("load");
    });
    this.releve.clics += 1;
    await this.arriver();
  }

  /** A screen is shown: counted, then judged. */
  private async arriver(): Promise<void> {
    const { mots, hauteurs } = await this.page.evaluate(() => ({
      mots: (document.querySelector("main")?.innerText.match(/[\p{L}\d][\p{L}\d’'-]*/gu) ?? []).length,
      hauteurs: document.documentElement.scrollHeight / window.innerHeight,
    }));
    this.releve.ecrans += 1;
    this.releve.mots += mots;
    this.releve.hauteurs += hauteurs;
    await this.juger();
  }

  async remplir(libelle: string | RegExp, valeur: string, dans: Page | Locator = this.page): Promise<void> {
    const champ = dans.getByLabel(libelle, { exact: typeof libelle === "string" }).first();
    if (this.auClavier) {
      await allerA(this.page, champ);
      await this.page.keyboard.press("ControlOrMeta+A");
      await this.page.keyboard.insertText(valeur);
    } else await champ.fill(valeur);
    this.releve.champs += 1;
  }

  async cocher(libelle: string | RegExp, dans: Page | Locator = this.page): Promise<void> {
    const choix = dans.getByLabel(libelle, { exact: typeof libelle === "string" }).first();
    // On a telephone its group is folded.
    const pli = choix.locator("xpath=ancestor::details[not(@open)]/summary");
    if ((await pli.count()) > 0) {
      if (this.auClavier) await allerA(this.page, pli.first());
      await this.presser(pli.first());
    }
    if (this.auClavier) {
      await allerA(this.page, choix);
      // An arrow chooses among radio buttons; a box, or the first button, waits for the space bar.
      if (!(await choix.isChecked())) await this.page.keyboard.press("Space");
      await expect(choix).toBeChecked();
    } else await choix.check();
    this.releve.champs += 1;
  }

  async choisir(libelle: string | RegExp, option: string | { index: number }, dans: Page | Locator = this.page): Promise<void> {
    const selection = dans.getByLabel(libelle, { exact: typeof libelle === "string" }).first();
    if (this.auClavier) {
      await allerA(this.page, selection);
      if (typeof option === "string") await this.page.keyboard.type(option);
      else for (let i = 0; i < option.index; i += 1) await this.page.keyboard.press("ArrowDown");
      const voulu = typeof option === "string" ? option : await selection.locator("option").nth(option.index).innerText();
      await expect(selection.locator("option:checked")).toHaveText(voulu);
    } else await selection.selectOption(typeof option === "string" ? { label: option } : option);
    this.releve.champs += 1;
  }

  /** Chooses a file, with this name and these bytes. */
  async joindre(libelle: string | RegExp, name: string, contenu: Buffer | string): Promise<void> {
    const champ = this.page.getByLabel(libelle, { exact: typeof libelle === "string" }).first();
    await champ.setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(contenu) });
  }

  /** What the site answers to this person there, not shown: a file, a refusal. */
  async demander(chemin: string): Promise<APIResponse> {
    return this.page.request.get(new URL(chemin, this.contexte.site).href);
  }

  /** Opens what is folded under these words. */
  async deplier(mots: string): Promise<void> {
    const pli = this.page.locator("summary", { hasText: mots });
    if (this.auClavier) await allerA(this.page, pli);
    await this.presser(pli);
  }

  /** These words are on the page. */
  async lit(mots: string | RegExp): Promise<void> {
    await expect(this.page.locator("body")).toContainText(mots);
  }

  async neLitPas(mots: string | RegExp): Promise<void> {
    await expect(this.page.locator("body")).not.toContainText(mots);
  }

  async titre(mots: string | RegExp): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText(mots);
  }

  get chemin(): string {
    return new URL(this.page.url()).pathname;
  }

  /** The reference of the project whose page is shown. */
  get reference(): string {
    const [, reference] = /\/projets\/([^/?#]+)/.exec(this.chemin) ?? [];
    if (!reference) throw new Error(`pas de projet à ${this.chemin}`);
    return reference;
  }

  async juger(): Promise<void> {
    await juger(this.page, this.contexte.scripts);
    await this.regarder();
  }

  /** A picture of every page, to be looked at: REGARDER=dossier. */
  private async regarder(): Promise<void> {
    const dossier = process.env["REGARDER"];
    if (!dossier || !this.contexte.capturable) return;
    const { width } = this.page.viewportSize() ?? { width: 0 };
    const nom = `${width}-${this.chemin.replaceAll("/", "_").replace(/projets_(?!nouveau)[a-z0-9]{8}/, "projets_REF").replace(/_[0-9a-f-]{32,}/, "_SECRET")}.png`;
    await this.page.screenshot({ path: join(dossier, nom), fullPage: true });
  }

  /** A picture for the README and the guide, one screen high, from `cible` down: CAPTURES=1. */
  async capturer(nom: string, cible?: Locator): Promise<void> {
    const { width } = this.page.viewportSize() ?? { width: 0 };
    if (process.env["CAPTURES"] !== "1" || !this.contexte.capturable || width < 600) return;
    mkdirSync(IMAGES, { recursive: true });
    const path = join(IMAGES, `${nom}.png`);
    await (cible ?? this.page.locator("html")).evaluate((element) => element.scrollIntoView());
    await this.page.screenshot({ path });
  }
}
