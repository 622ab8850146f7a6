// A mayor of a village, without account, to the answer of the département: issue 3, section 3, items 1 to 4 and 7.
import { expect, test } from "../maison/essai.js";
import { CAFE, courriel, decrire, dernierCourriel, entrerComme, lien, seConnecter } from "../maison/gestes.js";

const FOUR = {
  titre: "Rallumer le four banal",
  commune: "Cirey-sur-Vezouze",
  manque: "Le four est fermé. Les habitants veulent s’y retrouver et cuire leur pain ensemble.",
  theme: /Patrimoine/,
  porteur: "Commune",
  cout: "8 000",
};

const MAIRIE = "mairie-54129@demonstration.invalid";

test("décrit un projet sans compte et voit ce qui convient, avec les raisons", async ({ arrive }) => {
  const maire = await arrive();
  await maire.aller("/");
  await maire.titre("Vous avez une idée pour votre commune ?");
  await maire.capturer("accueil");
  await maire.suivre("Décrire mon projet");

  // An error keeps what was typed and says what to do beside each field.
  await maire.remplir("Titre court de votre projet", CAFE.titre);
  await maire.remplir("Commune du projet", "Nullepart-les-Bains");
  await maire.envoyer("Continuer");
  await expect(maire.page.getByRole("alert")).toContainText("points sont à corriger");
  await expect(maire.page.getByLabel("Titre court de votre projet")).toHaveValue(CAFE.titre);
  await expect(maire.page.getByLabel("Commune du projet")).toHaveValue("Nullepart-les-Bains");
  await expect(maire.page).toHaveTitle(/^Erreur/);

  const reference = await decrire(maire, CAFE);
  await maire.lit("Ne signez aucun devis avant la réponse écrite de chaque financeur");
  await maire.lit("Rien n’est encore accordé");
  await maire.lit("Claude Exemple-Chargé");
  await maire.lit("au plus tard le");
  await maire.lit(/ce n’est pas une demande de subvention/i);
  await maire.lit("Il resterait entre");
  await maire.capturer("resultat");
  await maire.capturer("reste-a-payer", maire.page.locator("#reste"));

  // What is asked later makes the list more just.
  await maire.suivre("Préciser le projet");
  await maire.envoyer("Enregistrer");
  await maire.titre("Ce qui peut vous aider");
  await maire.suivre(/Imprimer une note/);
  await maire.lit("Modèle de délibération");
  await maire.capturer("note");

  // Back: nothing is lost.
  await maire.aller(`/projets/${reference}/description`);
  await expect(maire.page.getByLabel("Titre court de votre projet")).toHaveValue(CAFE.titre);
  await maire.aller(`/projets/${reference}/suite`);
  await expect(maire.page.getByLabel("Combien cela coûterait-il, en tout ?")).toHaveValue(/120.000/);

  // The rule behind a figure is one click away.
  await maire.aller(`/projets/${reference}/resultat`);
  await maire.deplier("Ce que disent les règles");
  await maire.suivre("Voir la règle", maire.page.locator("#reste"));
  await maire.lit("Cette page explique la règle");
});

test("efface son brouillon sur un ordinateur partagé", async ({ arrive }) => {
  const passant = await arrive();
  const reference = await decrire(passant, CAFE);
  await passant.deplier("Effacer ce brouillon");
  await passant.envoyer("Oui, effacer ce brouillon");
  await passant.aller(`/projets/${reference}`);
  await passant.neLitPas(CAFE.titre);
});

test("écrit dans deux onglets sans rien perdre", async ({ arrive }) => {
  const maire = await arrive();
  const reference = await decrire(maire, CAFE);
  const autre = await maire.onglet();
  await maire.aller(`/projets/${reference}/description`);
  await autre.aller(`/projets/${reference}/description`);
  await maire.remplir("Titre court de votre projet", "Rouvrir le café");
  await maire.envoyer("Enregistrer");
  await autre.remplir("Titre court de votre projet", "Rouvrir l’épicerie");
  await autre.envoyer("Enregistrer");
  await autre.lit("Quelqu’un a modifié ce projet pendant que vous écriviez");
  await autre.lit("Rouvrir le café");
  await expect(autre.page.getByLabel("Titre court de votre projet")).toHaveValue("Rouvrir l’épicerie");
});

test("garde son projet, le fait confirmer, demande un accompagnement et publie", async ({ arrive }) => {
  const maire = await arrive();
  const adresse = "maire@cirey.invalid";
  const reference = await decrire(maire, CAFE);
  const curieux = await arrive();
  await curieux.aller(`/projets/${reference}`);
  await curieux.lit("Connectez-vous pour continuer");

  await maire.suivre("Garder ce projet");
  await maire.capturer("garder");
  await seConnecter(maire, adresse);
  await maire.lit("Votre projet est gardé");
  await maire.aller(`/projets/${reference}`);
  await maire.lit("Déclaré, non confirmé");

  const avant = await dernierCourriel(maire, MAIRIE, /./);
  await maire.envoyer("Écrire à la mairie");
  await maire.lit("Nous avons écrit à l’adresse officielle de la mairie");
  const demande = await courriel(maire, MAIRIE, /./, avant);
  const mairie = await arrive();
  await mairie.aller(lien(demande, "/confirmation/"));
  await mairie.envoyer("Oui, c’est un projet de la commune");
  await mairie.lit("Le projet est confirmé au nom de votre commune");

  await maire.aller(`/projets/${reference}/accompagnement`);
  await maire.lit("Ce n’est pas une demande de subvention");
  await maire.capturer("demander");
  await maire.envoyer("Envoyer ma demande");
  await maire.lit("Dites-nous en une phrase ce que vous attendez");
  await maire.remplir("Qu’attendez-vous de nous ?", "Nous aider à choisir la forme juridique.");
  await maire.envoyer("Envoyer ma demande");
  await maire.lit("au plus tard le");
  await courriel(maire, adresse, /./);
  await courriel(maire, "charge.lunevillois@exemple.invalid", /./);
  await maire.aller(`/projets/${reference}`);
  await maire.capturer("projet");

});

test("une maire vérifiée invite une collègue et publie, puis retire", async ({ arrive }) => {
  const maire = await arrive();
  await entrerComme(maire, "Maire de Cirey-sur-Vezouze");
  const reference = await decrire(maire, FOUR);
  await maire.aller(`/projets/${reference}`);
  await maire.envoyer("Oui, la commune porte bien ce projet");
  await maire.lit("Le projet est confirmé");
  await maire.suivre("Inviter un collègue");
  await maire.remplir(/adresse/i, "adjointe@cirey.invalid");
  await maire.envoyer("Envoyer l’invitation");

  await maire.aller(`/projets/${reference}/publier`);
  await maire.lit("ne publiez ni l’adresse d’un bâtiment, ni un prix");
  await maire.cocher("Je ne sais pas");
  await maire.envoyer("Rendre public");
  const curieux = await arrive();
  await curieux.aller(`/projets/${reference}`);
  await curieux.titre(FOUR.titre);
  await curieux.neLitPas("8 000");
  await curieux.aller("/carte");
  await curieux.lit(FOUR.titre);
  await maire.aller(`/projets/${reference}`);
  await maire.envoyer("Rendre le projet privé");
  // Someone else: a browser may show again for a minute what it just saw.
  const tard = await arrive();
  await tard.aller("/carte");
  await tard.neLitPas(FOUR.titre);
});

test("la liste mise sur le site d’une commune se lit sans en-tête ni menu, en liste et en carte", async ({ arrive }) => {
  const passant = await arrive();
  await passant.aller("/integrer/annuaire");
  await passant.lit("Tout voir dans l’annuaire");
  await passant.aller("/integrer/annuaire?vue=carte");
  await expect(passant.page.getByRole("table")).toBeVisible();
  // Every link leaves the frame: the pages of the site refuse to stand in one.
  const liens = await passant.page.locator("a:not([href^='#'])").evaluateAll((tous) => tous.map((lien) => lien.getAttribute("target")));
  expect(new Set(liens)).toEqual(new Set(["_blank"]));
});
