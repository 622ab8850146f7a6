// Pages that say the day, made the same every day: for pictures and for what a screen reader is given.
import type { Visite } from "./visite.js";

/** The same words whatever the day: dates, hours, delays; a delay is as grave tomorrow as today. References are drawn by lot. */
export async function figer(visite: Visite): Promise<void> {
  await visite.page.evaluate(() => {
    const mois = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre";
    const fixes: Array<[RegExp, string]> = [
      [new RegExp(`((lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\\s)?\\d{1,2}(er)?\\s(${mois})(\\s\\d{4})?`, "g"), "1er janvier 2026"],
      [/\d{1,2}\sh\s\d{2}/g, "9 h 00"],
      [/\d+\sjours?( ouvrés?)?( de retard| restants?)?|Aujourd’hui/g, "5 jours"],
    ];
    for (const lien of document.querySelectorAll("a[href]")) {
      const href = lien.getAttribute("href") ?? "";
      lien.setAttribute("href", href.replace(/^(\/(?:projets|annuaire)\/)(?!nouveau\b|portrait\b)[a-z0-9]{8}\b/, "$1reference"));
    }
    const textes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let un = textes.nextNode(); un; un = textes.nextNode()) {
      const mots = un.nodeValue ?? "";
      const figes = fixes.reduce((deja, [date, fixe]) => deja.replace(date, fixe), mots);
      if (figes === mots) continue;
      un.nodeValue = figes;
      const etiquette = un.parentElement?.closest(".tr-etiquette");
      if (etiquette) etiquette.className = "tr-etiquette tr-etiquette--neutre";
    }
  });
}
