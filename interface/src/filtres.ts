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
  const suivre = async (): Promise<void> => {
    const numero = ++demande;
    const adresse = new URL(formulaire.action);
    for (const [nom, valeur] of new FormData(formulaire)) if (typeof valeur === "string" && valeur !== "") adresse.searchParams.append(nom, valeur);
    try {
      const reponse = await fetch(adresse);
      const contenu = /<main[\s\S]*<\/main>/.exec(await reponse.text())?.[0] ?? "";
      const page = new DOMParser().parseFromString(contenu, "text/html");
      const neufs = page.querySelector<HTMLElement>("[data-resultats]");
      // Another answer came first, or this one is not the list, or a field is not understood (a name half typed): the list
      // stays, and the button says what is wrong.
      if (numero !== demande || !reponse.ok || !neufs || page.querySelector("[data-erreurs]")) return;
      resultats.replaceChildren(...neufs.childNodes);
      recompter(formulaire, page);
      history.replaceState(null, "", reponse.url);
      annonce.textContent = neufs.dataset["resultats"] || (resultats.querySelector("h2")?.textContent ?? "");
      resultats.dispatchEvent(new CustomEvent("resultats", { bubbles: true }));
    } catch {
      // No network: the list stays as it is, and the button tries again.
    }
  };
  let attente = 0;
  const bientot = (ms: number): void => {
    window.clearTimeout(attente);
    attente = window.setTimeout(() => void suivre(), ms);
  };
  formulaire.addEventListener("change", () => bientot(0));
  formulaire.addEventListener("input", (evenement) => {
    const champ = evenement.target;
    if (champ instanceof HTMLInputElement && /^(text|search)$/.test(champ.type)) bientot(FRAPPE_MS);
  });
}
