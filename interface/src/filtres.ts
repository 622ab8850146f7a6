// A list that follows its filters as they are chosen. The button of the form does the same without script, and the address
// always says what is shown.

/** Letters wait for the next one; a choice does not. */
const FRAPPE_MS = 350;

/** The other choices, with how many answers each one now has. The one in hand stays: its own counts do not change. */
function recompter(formulaire: HTMLFormElement, page: Document): void {
  for (const choix of formulaire.querySelectorAll("select")) {
    const neuf = page.querySelector<HTMLSelectElement>(`form[data-vivant] select[name="${choix.name}"]`);
    if (!neuf || choix === document.activeElement) continue;
    const choisi = choix.value;
    choix.replaceChildren(...neuf.childNodes);
    choix.value = choisi;
  }
}

/** Every field as the page of this address has it: one went back, or forward. */
function reprendre(formulaire: HTMLFormElement, page: Document): void {
  const neuf = page.querySelector<HTMLFormElement>("form[data-vivant]");
  const leurs = [...(neuf?.elements ?? [])];
  for (const champ of formulaire.elements) {
    if (champ instanceof HTMLSelectElement) {
      const sien = leurs.find((un): un is HTMLSelectElement => un instanceof HTMLSelectElement && un.name === champ.name);
      if (!sien) continue;
      // Options that leave a list one by one choose the next one: what was chosen is read before.
      const choisi = sien.value;
      champ.replaceChildren(...sien.childNodes);
      champ.value = choisi;
    } else if (champ instanceof HTMLInputElement && champ.type !== "hidden") {
      const coche = /^(checkbox|radio)$/.test(champ.type);
      const sien = leurs.find((un): un is HTMLInputElement => un instanceof HTMLInputElement && un.name === champ.name && (!coche || un.value === champ.value));
      if (!sien) continue;
      if (coche) champ.checked = sien.defaultChecked;
      else champ.value = sien.defaultValue;
    }
  }
}

/** What an address shows: a place further down the same page is no other page. */
const sansAncre = (adresse: string): string => adresse.replace(/#.*$/, "");

/** Forms marked `data-vivant`, over the `data-resultats` of the page: what is inside is replaced, what it says is announced. */
export function suivreLesFiltres(): void {
  const resultats = document.querySelector<HTMLElement>("[data-resultats]");
  const formulaire = document.querySelector<HTMLFormElement>("form[data-vivant]");
  if (!resultats || !formulaire) return;
  const annonce = document.createElement("p");
  annonce.className = "govuk-visually-hidden";
  annonce.setAttribute("role", "status");
  resultats.before(annonce);

  let demande = 0;
  let montree = sansAncre(location.href);
  const montrer = async (adresse: string, geste: "choix" | "frappe" | "retour"): Promise<void> => {
    const numero = ++demande;
    try {
      const reponse = await fetch(adresse);
      const contenu = /<main[\s\S]*<\/main>/.exec(await reponse.text())?.[0] ?? "";
      const page = new DOMParser().parseFromString(contenu, "text/html");
      const neufs = page.querySelector<HTMLElement>("[data-resultats]");
      // Another answer came first, or this one is not the list, or a field is not understood (a name half typed): the list
      // stays, and the button says what is wrong.
      if (numero !== demande || !reponse.ok || !neufs || page.querySelector("[data-erreurs]")) return;
      resultats.replaceChildren(...neufs.childNodes);
      if (geste === "retour") reprendre(formulaire, page);
      else recompter(formulaire, page);
      // A choice is a step that the back button undoes; letters are not, one by one.
      if (geste === "choix" && reponse.url !== montree) history.pushState(null, "", reponse.url);
      else if (geste === "frappe") history.replaceState(null, "", reponse.url);
      montree = geste === "retour" ? sansAncre(location.href) : reponse.url;
      annonce.textContent = neufs.dataset["resultats"] || (resultats.querySelector("h2")?.textContent ?? "");
      resultats.dispatchEvent(new CustomEvent("resultats", { bubbles: true }));
    } catch {
      // No network: the list stays as it is, and the button tries again.
    }
  };
  const suivre = (geste: "choix" | "frappe"): void => {
    const adresse = new URL(formulaire.action);
    for (const [nom, valeur] of new FormData(formulaire)) if (typeof valeur === "string" && valeur !== "") adresse.searchParams.append(nom, valeur);
    void montrer(adresse.href, geste);
  };
  let attente = 0;
  formulaire.addEventListener("change", () => {
    window.clearTimeout(attente);
    suivre("choix");
  });
  formulaire.addEventListener("input", (evenement) => {
    const champ = evenement.target;
    if (!(champ instanceof HTMLInputElement) || !/^(text|search)$/.test(champ.type)) return;
    window.clearTimeout(attente);
    attente = window.setTimeout(() => suivre("frappe"), FRAPPE_MS);
  });
  window.addEventListener("popstate", () => {
    if (sansAncre(location.href) === montree) return;
    window.clearTimeout(attente);
    void montrer(location.href, "retour");
  });
}
