// What is true of every page, one proof a name: the table of the 106 criteria of the RGAA names them
// (crates/web/src/accessibilite/rgaa.toml). Each gives its griefs; none is a page that passes.
import { gzipSync } from "node:zlib";
import type { Page, Response } from "@playwright/test";
import { HtmlValidate } from "html-validate";

export type Preuve = (page: Page, reponse: Response) => Promise<string[]>;

// The rules of the HTML standard, and those that help a reader; not those of style.
const valideur = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // A list of steps may have a name.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Ids take the name of their field: `motif-1`.
    "valid-id": ["error", { relaxed: true }],
    // The style sheet keeps telephone numbers on one line.
    "tel-non-breaking": "off",
    // RGAA 1.9 asks a figure to say its own role: not every reader knows the element.
    "no-redundant-role": "off",
    // The list of names that a field proposes is no select: one may type something else.
    "prefer-native-element": ["error", { exclude: ["listbox"] }],
  },
});

/** A page once compressed. */
const HTML_MAX = 15_000;

/** A page once compressed, without the drawings of its maps: they are counted apart. A chart is the page's own. */
export function pesee(html: string): number {
  return gzipSync(html.replace(/<svg class="tr-carte-svg"[\s\S]*?<\/svg>/g, ""), { level: 4 }).length;
}

/** Nothing is cut, and nothing is to be looked for on the right. For the page as it stands. */
async function coupes(page: Page): Promise<string[]> {
  const [largeur, fenetre] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth] as const);
  const defile = largeur > fenetre ? [`défilement horizontal : ${largeur} > ${fenetre}`] : [];
  return [...defile, ...(await textesCoupes(page))];
}

/** Elements whose text is cut: hidden overflow, and more to show than shown. */
function textesCoupes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const griefs: string[] = [];
    for (const e of document.querySelectorAll<HTMLElement>("body *")) {
      const style = getComputedStyle(e);
      const cache = [style.overflowX, style.overflowY].some((o) => o === "hidden" || o === "clip");
      // What is only for screen readers is one pixel wide.
      if (!cache || e.clientWidth <= 1 || e.clientHeight <= 1 || !e.innerText?.trim()) continue;
      if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) griefs.push(`texte coupé : ${e.outerHTML.slice(0, 160)}`);
    }
    return griefs;
  });
}

/** With this style sheet over the page's own, or with this root size. */
async function avec(page: Page, css: string, regarder: () => Promise<string[]>): Promise<string[]> {
  await page.evaluate((regles) => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync(regles);
    document.adoptedStyleSheets = [feuille];
  }, css);
  try {
    return await regarder();
  } finally {
    await page.evaluate(() => (document.adoptedStyleSheets = []));
  }
}

/** In a window of this width, in CSS pixels. */
async function aLaLargeur(page: Page, width: number, regarder: () => Promise<string[]> = () => coupes(page)): Promise<string[]> {
  const avant = page.viewportSize();
  await page.setViewportSize({ width, height: 640 });
  try {
    return await regarder();
  } finally {
    if (avant) await page.setViewportSize(avant);
  }
}

/**
 * Each label touches its field: above it or on its left, with nothing between but its own help and error; on the right of a
 * box to tick.
 */
function etiquettes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const griefs: string[] = [];
    const boite = (e: Element): DOMRect => e.getBoundingClientRect();
    for (const champ of document.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), select, textarea")) {
      const etiquette = champ.labels?.[0];
      if (!etiquette || !champ.checkVisibility() || boite(etiquette).width <= 2) continue;
      const [c, e] = [boite(champ), boite(etiquette)];
      if (/^(radio|checkbox)$/.test(champ.type)) {
        if (e.left < c.left || e.left - c.right > 24 || e.top > c.bottom || e.bottom < c.top) griefs.push(`étiquette loin de sa case : ${champ.outerHTML.slice(0, 120)}`);
        continue;
      }
      const entre = (champ.getAttribute("aria-describedby") ?? "").split(" ").flatMap((id) => document.getElementById(id) ?? []);
      const aide = entre.map(boite).filter((b) => b.top >= e.bottom - 1 && b.bottom <= c.top + 1).reduce((somme, b) => somme + b.height, 0);
      const dessus = e.bottom <= c.top + 1 && c.top - e.bottom - aide <= 40;
      const aGauche = e.right <= c.left + 1 && c.left - e.right <= 24 && e.top <= c.bottom && e.bottom >= c.top;
      if (!dessus && !aGauche) griefs.push(`étiquette loin de son champ (${Math.round(c.top - e.bottom - aide)} px) : ${champ.outerHTML.slice(0, 120)}`);
    }
    return griefs;
  });
}

/** WCAG 1.4.12, word for word. */
const ESPACEMENT = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }`;

export const PREUVES: Record<string, Preuve> = {
  "html-valide": async (page, reponse) => {
    // As received, then as the scripts left it: the criterion is about what the reader has.
    const recu = await valideur.validateString(await reponse.text());
    const rendu = await valideur.validateString(await page.evaluate(() => `<!DOCTYPE html>${document.documentElement.outerHTML}`));
    return [recu, rendu].flatMap(({ results }) => results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId} : ${m.message}`)));
  },
  "poids-de-la-page": async (_, reponse) => {
    const { responseBodySize } = await reponse.request().sizes();
    if (responseBodySize <= HTML_MAX) return [];
    const sansCarte = pesee(await reponse.text());
    return sansCarte > HTML_MAX ? [`${sansCarte} octets compressés sans les cartes, ${HTML_MAX} au plus`] : [];
  },
  "langue": (page) =>
    page.evaluate(() => {
      const griefs = document.documentElement.lang === "fr" && document.doctype?.name === "html" ? [] : ["lang ou doctype"];
      const autres = [...document.querySelectorAll("body [lang], body [dir]")].filter((e) => !/^(fr|en|de|eu|br|co)$/.test(e.getAttribute("lang") ?? "fr") || e.hasAttribute("dir"));
      return [...griefs, ...autres.map((e) => e.outerHTML.slice(0, 160))];
    }),
  "titre-de-page": (page) =>
    page.evaluate(() => {
      const [titre, site] = document.title.split(" – ");
      return titre?.trim() && site?.trim() ? [] : [`« ${document.title} » ne dit pas la page, puis le site`];
    }),
  "titres": (page) =>
    page.evaluate(() => {
      const titres = [...document.querySelectorAll<HTMLElement>("h1, h2, h3, h4, h5, h6")].filter((t) => t.checkVisibility());
      const niveaux = titres.map((t) => Number(t.tagName[1]));
      const griefs = niveaux.filter((n) => n === 1).length === 1 && niveaux[0] === 1 ? [] : ["il faut un h1, le premier, et un seul"];
      niveaux.forEach((n, i) => {
        if (n > (niveaux[i - 1] ?? 0) + 1) griefs.push(`niveau sauté : ${titres[i]?.outerHTML.slice(0, 120)}`);
      });
      return [...griefs, ...titres.filter((t) => !t.innerText.trim()).map(() => "titre vide")];
    }),
  "regions": (page) =>
    page.evaluate(() => {
      const griefs: string[] = [];
      for (const seule of ["main", "body > header", "body > footer", "header nav[aria-label]"]) {
        if (document.querySelectorAll(seule).length !== 1) griefs.push(`il faut une seule région « ${seule} »`);
      }
      const noms = [...document.querySelectorAll("nav, aside, form[role=search], search")].map((n) => n.getAttribute("aria-label") ?? n.getAttribute("aria-labelledby") ?? n.tagName);
      noms.filter((nom, i) => noms.indexOf(nom) !== i).forEach((nom) => griefs.push(`deux régions « ${nom} »`));
      const evitement = document.querySelector<HTMLAnchorElement>("a[href], button, input");
      const cible = evitement?.hash ? document.querySelector(evitement.hash) : null;
      if (cible?.tagName !== "MAIN") griefs.push("le premier lien ne mène pas au contenu");
      return griefs;
    }),
  "recherche-partout": (page) =>
    page.evaluate(() => {
      const formulaires = document.querySelectorAll<HTMLFormElement>("body > header form[role=search]");
      return formulaires.length === 1 && formulaires[0]?.getAttribute("action") === "/recherche" ? [] : ["la recherche n’est pas dans l’en-tête"];
    }),
  "tableaux": (page) =>
    page.evaluate(() =>
      [...document.querySelectorAll("table")].flatMap((table) => {
        const griefs: string[] = [];
        if (!table.caption?.textContent?.trim() && !table.hasAttribute("aria-labelledby")) griefs.push("tableau sans titre");
        if (table.matches("[role=presentation], [role=none]")) griefs.push("tableau de mise en forme");
        if (!table.querySelector("thead th[scope=col]")) griefs.push("tableau sans en-tête de colonne");
        if (table.querySelector("th[colspan], th[rowspan]") || table.tHead?.rows.length !== 1) griefs.push("tableau complexe : en-têtes fusionnés, ou sur plusieurs rangs");
        table.querySelectorAll("th:not([scope]), th:empty").forEach((th) => griefs.push(`en-tête sans portée ou vide : ${th.outerHTML.slice(0, 120)}`));
        return griefs.map((grief) => `${grief} : ${table.outerHTML.slice(0, 120)}`);
      }),
    ),
  "images": (page) =>
    page.evaluate(() => {
      const nom = (e: Element): string => e.getAttribute("aria-label") ?? document.getElementById(e.getAttribute("aria-labelledby")?.split(" ")[0] ?? "")?.textContent ?? e.querySelector(":scope > title")?.textContent ?? "";
      const dite = (e: Element): boolean => /^(img|group)$/.test(e.getAttribute("role") ?? "") && nom(e).trim() !== "";
      const muettes = [...document.querySelectorAll("svg:not([aria-hidden=true])")].filter((e) => !dite(e)).filter((e) => !e.closest("[aria-hidden=true]"));
      const bavardes = [...document.querySelectorAll("svg[aria-hidden=true]")].filter((e) => e.querySelector("title, desc, a"));
      const sansAlt = [...document.querySelectorAll("img:not([alt])")];
      return [...muettes, ...bavardes, ...sansAlt].map((e) => e.outerHTML.slice(0, 160));
    }),
  "ni-cadre-ni-media": (page) =>
    page.evaluate(() => [...document.querySelectorAll("iframe, frame, object, embed, canvas, video, audio, map, area, marquee, blink")].map((e) => e.outerHTML.slice(0, 160))),
  "liens": (page) =>
    page.evaluate(() => {
      const vagues = /^(ici|cliquez ici|lire la suite|en savoir plus|voir|détail|plus|lien)$/i;
      const liens = [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].filter((lien) => lien.checkVisibility());
      const mots = (lien: HTMLElement): string => (lien.getAttribute("aria-label") ?? lien.textContent ?? "").replace(/\s+/g, " ").trim();
      return liens.filter((lien) => !mots(lien) || vagues.test(mots(lien)) || lien.target === "_blank").map((lien) => lien.outerHTML.slice(0, 160));
    }),
  "presentation": (page) =>
    page.evaluate(() => {
      const balises = "b, i, u, font, center, big, strike, tt, basefont";
      const attributs = "[style], [align], [bgcolor], [border], table[width], td[width], [accesskey], [background]";
      // Two line ends in a row make room; words between them make two lines.
      const vide = (br: Element): boolean => {
        const avant = br.previousSibling;
        return avant?.nodeName === "BR" || (avant?.previousSibling?.nodeName === "BR" && !avant.textContent?.trim());
      };
      const sauts = [...document.querySelectorAll("br")].filter(vide);
      return [...document.querySelectorAll(`body :is(${balises}), body :is(${attributs})`), ...sauts].map((e) => e.outerHTML.slice(0, 160));
    }),
  "ordre": (page) =>
    page.evaluate(() => {
      const griefs = [...document.querySelectorAll("[tabindex]")].filter((e) => Number(e.getAttribute("tabindex")) > 0).map((e) => `tabindex : ${e.outerHTML.slice(0, 120)}`);
      for (const e of document.querySelectorAll("body *")) {
        const style = getComputedStyle(e);
        if (style.order !== "0" || /reverse/.test(style.flexDirection)) griefs.push(`ordre changé par la feuille de style : ${e.outerHTML.slice(0, 120)}`);
      }
      return griefs;
    }),
  "caches": (page) =>
    page.evaluate(() => [...document.querySelectorAll("[aria-hidden=true] :is(a[href], button, input, select, textarea, [tabindex]):not([tabindex='-1']), body[aria-hidden]")].map((e) => e.outerHTML.slice(0, 160))),
  "champs": (page) =>
    page.evaluate(() => {
      const griefs: string[] = [];
      const dire = (quoi: string, e: Element): unknown => griefs.push(`${quoi} : ${e.outerHTML.slice(0, 160)}`);
      const champs = document.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), select, textarea");
      for (const champ of champs) {
        if (!champ.labels?.length && !champ.hasAttribute("aria-label") && !champ.hasAttribute("aria-labelledby")) dire("sans étiquette", champ);
        for (const id of (champ.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)) if (!document.getElementById(id)) dire(`« ${id} » n’existe pas`, champ);
        if (champ.type === "email" && !champ.autocomplete) dire("courriel que le navigateur ne peut remplir", champ);
        if (champ.type === "tel" && !champ.autocomplete) dire("téléphone que le navigateur ne peut remplir", champ);
        const groupe = [...champs].filter((autre) => autre.type === champ.type && autre.name === champ.name);
        // Boxes of the rows of a table have its title.
        const choix = champ.type === "radio" || (champ.type === "checkbox" && !champ.closest("table"));
        if (choix && groupe.length > 1 && !champ.closest("fieldset")?.querySelector("legend")?.textContent?.trim()) dire("choix sans légende", champ);
      }
      document.querySelectorAll<HTMLButtonElement>("button").forEach((bouton) => {
        // Its words, even where it is folded away.
        if (!bouton.textContent?.trim() && !bouton.getAttribute("aria-label")) dire("bouton sans mots", bouton);
        if (/^(ok|valider|go|envoyer)$/i.test(bouton.innerText.trim())) dire("bouton qui ne dit pas ce qu’il fait", bouton);
      });
      return griefs;
    }),
  "legendes": (page) =>
    page.evaluate(() => {
      const mots = (texte: string | null | undefined): string => (texte ?? "").replace(/\s+/g, " ").trim();
      return [...document.querySelectorAll("figure:has(figcaption)")].flatMap((figure) => {
        // The way to the list is not the caption.
        const legende = figure.querySelector("figcaption")?.cloneNode(true) as HTMLElement;
        legende.querySelectorAll("a").forEach((lien) => lien.remove());
        const dite = mots([...legende.childNodes].map((n) => n.textContent).join(" "));
        const bonne = /^(figure|group)$/.test(figure.getAttribute("role") ?? "") && mots(figure.getAttribute("aria-label")) === dite;
        return bonne ? [] : [`légende « ${dite} » non liée : ${figure.outerHTML.slice(0, 160)}`];
      });
    }),
  "noms-visibles": (page) =>
    page.evaluate(() => {
      const mots = (texte: string | null | undefined): string => (texte ?? "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
      const nommes = [...document.querySelectorAll<HTMLElement>(":is(a[href], button, input, select, textarea, summary)[aria-label]")].filter((e) => e.checkVisibility());
      const vus = (e: HTMLElement): string => mots((e as HTMLInputElement).labels?.[0]?.innerText ?? e.innerText);
      return nommes.filter((e) => !mots(e.getAttribute("aria-label")).includes(vus(e))).map((e) => e.outerHTML.slice(0, 160));
    }),
  "listes": (page) =>
    page.evaluate(() => {
      const dit = (e: Element): string => (e.textContent ?? "").replace(/\s+/g, " ").trim();
      // Links with nothing between them but marks, or lines that begin with a typed bullet, are lists that do not say so.
      const liens = [...document.querySelectorAll("main :is(p, td, dd, div)")].filter((e) => {
        const enfants = [...e.childNodes].filter((n) => n.nodeType !== Node.COMMENT_NODE && dit(n as Element) !== "");
        return enfants.filter((n) => n.nodeName === "A" && !(n as Element).matches(".govuk-button")).length > 2 && enfants.every((n) => n.nodeName === "A" || /^[\s·,;|–-]*$/.test(n.textContent ?? ""));
      });
      const puces = [...document.querySelectorAll("main p")].filter((p) => /^([-–—•*]|\d+[.)])\s/.test(dit(p)));
      const titres = [...document.querySelectorAll("main p")].filter((p) => {
        const seul = p.children.length === 1 && /^(STRONG|B)$/.test(p.firstElementChild?.tagName ?? "") && dit(p) === dit(p.firstElementChild as Element);
        return seul && p.nextElementSibling?.matches("ul, ol, table") === true;
      });
      return [...liens, ...puces, ...titres].map((e) => e.outerHTML.slice(0, 160));
    }),
  "etiquettes-accolees": async (page) => [...(await etiquettes(page)), ...(await aLaLargeur(page, 320, () => etiquettes(page)))],
  "etiquettes-visibles": (page) =>
    page.evaluate(() => {
      const vue = (e: Element | null | undefined): boolean => !!e && e.getBoundingClientRect().width > 2;
      const champs = [...document.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), select, textarea")].filter((c) => c.checkVisibility());
      return champs.filter((c) => !vue(c.labels?.[0]) && !c.title.trim()).map((c) => c.outerHTML.slice(0, 160));
    }),
  "listes-de-choix": (page) =>
    page.evaluate(() => {
      const longues = [...document.querySelectorAll("select")].filter((s) => s.options.length > 1);
      const sansNom = longues.flatMap((s) => [...s.querySelectorAll("optgroup")].filter((g) => !g.label.trim()));
      // A name before a colon that comes back is a group that does not say so.
      const deguisees = longues.filter((s) => {
        const debuts = [...s.options].map((o) => /^([^:]{3,20}) : /.exec(o.text)?.[1]).filter(Boolean);
        return debuts.length > 4 && new Set(debuts).size < debuts.length / 2;
      });
      return [...sansNom, ...deguisees].map((e) => e.outerHTML.slice(0, 160));
    }),
  "fond-et-texte": (page) =>
    page.evaluate(() => {
      const griefs: string[] = [];
      const regles = [...document.styleSheets].flatMap((feuille) => [...feuille.cssRules]);
      const plates = (liste: CSSRule[]): CSSStyleRule[] => liste.flatMap((r) => (r instanceof CSSStyleRule ? [r] : r instanceof CSSMediaRule && !window.matchMedia(r.conditionText).matches ? [] : "cssRules" in r ? plates([...(r as CSSGroupingRule).cssRules]) : []));
      const toutes = plates(regles);
      const declare = (e: Element): [boolean, boolean] => {
        const siennes = toutes.filter((r) => {
          try {
            return e.matches(r.selectorText);
          } catch {
            return false;
          }
        });
        const fond = siennes.some((r) => r.style.backgroundColor !== "" || r.style.getPropertyValue("background") !== "");
        return [siennes.some((r) => r.style.color !== ""), fond];
      };
      // What has colours of its own in every browser takes none from its parent.
      for (const e of document.querySelectorAll("body, button, input:not([type=hidden]), select, textarea, dialog, [popover]")) {
        const [couleur, fond] = declare(e);
        if (e === document.body ? !couleur || !fond : couleur !== fond) griefs.push(`${couleur ? "couleur sans fond" : "fond sans couleur"} : ${e.outerHTML.slice(0, 120)}`);
      }
      for (const e of document.querySelectorAll("main *, header *, footer *")) {
        const style = getComputedStyle(e);
        if (style.backgroundImage.includes("url(") && style.backgroundColor === "rgba(0, 0, 0, 0)" && (e as HTMLElement).innerText?.trim()) griefs.push(`image de fond sans couleur : ${e.outerHTML.slice(0, 120)}`);
      }
      return griefs;
    }),
  "rien-ne-bouge": (page) =>
    page.evaluate(() => {
      const griefs = [...document.querySelectorAll("meta[http-equiv=refresh i], [autoplay]")].map((e) => e.outerHTML);
      return [...griefs, ...document.getAnimations().map((a) => `animation : ${JSON.stringify(a.effect?.getComputedTiming())}`)];
    }),
  "sens-sans-style": (page) =>
    page.evaluate(() => {
      const dit = (e: Element, place: string): string => getComputedStyle(e, place).content.replace(/^(none|normal)$/, "");
      // Labels that a card takes from its column stand in the table's own header.
      return [...document.querySelectorAll("body *:not([data-label])")].filter((e) => ["::before", "::after"].some((place) => /^"[^"]*[\p{L}]{2,}/u.test(dit(e, place)))).map((e) => e.outerHTML.slice(0, 120));
    }),
  "plis-imprimes": async (page) => {
    await page.emulateMedia({ media: "print" });
    const perdus = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")]
        .filter((pli) => pli.checkVisibility() && pli.lastElementChild?.tagName !== "SUMMARY")
        .filter((pli) => (pli.lastElementChild?.getBoundingClientRect().height ?? 0) === 0 || !pli.lastElementChild?.checkVisibility())
        .map((pli) => `replié sur le papier : ${pli.outerHTML.slice(0, 120)}`),
    );
    await page.emulateMedia({ media: null });
    return perdus;
  },
  "mouvement-reduit": async (page) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    const lents = await page.evaluate(() =>
      [...document.querySelectorAll("body *")].filter((e) => {
        const { transitionDuration, animationDuration } = getComputedStyle(e);
        return [transitionDuration, animationDuration].some((d) => d.split(",").some((s) => parseFloat(s) > 0.011));
      }).map((e) => e.outerHTML.slice(0, 120)),
    );
    await page.emulateMedia({ reducedMotion: null });
    return lents.slice(0, 3);
  },
  "agrandir-200": async (page) => [...(await aLaLargeur(page, 640)), ...(await avec(page, "html { font-size: 200% !important }", () => textesCoupes(page)))],
  "agrandir-400": (page) => aLaLargeur(page, 320),
  "espacer-le-texte": (page) => avec(page, ESPACEMENT, async () => [...(await coupes(page)), ...(await aLaLargeur(page, 360))]),
};
