// Attachments of a project: what is refused says why, what is kept is read by who may, and by nobody else.
import { expect, test } from "../maison/essai.js";
import { demander, entrerComme } from "../maison/gestes.js";
import type { Visite } from "../maison/visite.js";

const DEVIS = Buffer.from("%PDF-1.7\nun devis");

/** One grey square with the place where it was taken, as a telephone writes it. */
const PHOTO = Buffer.concat([
  Buffer.from("ffd8", "hex"),
  Buffer.from("ffe10042", "hex"),
  Buffer.from("Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0f\x01\x02\0\x14\0\0\0\x26\0\0\0\0\0\0\0GPS 48.58 N, 6.94 E\0", "latin1"),
  Buffer.from(`ffdb004300${"01".repeat(64)}`, "hex"),
  Buffer.from("ffc0000b080008000801011100", "hex"),
  Buffer.from("ffda0008010100003f002affd9", "hex"),
]);

async function ajouter(visite: Visite, nom: string, contenu: Buffer, libelle: string): Promise<void> {
  await visite.joindre("Fichier", nom, contenu);
  await visite.remplir(/Qu’est-ce que c’est/, libelle);
  await visite.envoyer("Ajouter");
}

test("joint un devis et une photo, se trompe, retire et remet", async ({ arrive }) => {
  const commune = await arrive();
  const reference = await demander(commune, "pieces@exemple.invalid");
  const pieces = `/projets/${reference}/pieces`;
  await commune.aller(`/projets/${reference}`);
  await commune.suivre("Ajouter ou retirer une pièce");
  await commune.lit("Aucune pièce pour l’instant");

  await commune.envoyer("Ajouter");
  await commune.lit("Choisissez un fichier");
  await ajouter(commune, "vide.pdf", Buffer.alloc(0), "Devis");
  await commune.lit("Ce fichier est vide");
  await ajouter(commune, "programme.pdf", Buffer.from("MZ\x90\0\x03\0\0\0", "latin1"), "Devis");
  await commune.lit("Ce type de fichier n’est pas accepté");
  await expect(commune.page.getByLabel(/Qu’est-ce que c’est/)).toHaveValue("Devis");
  await ajouter(commune, "gros.pdf", Buffer.concat([DEVIS, Buffer.alloc(2_100_000, "x")]), "Devis");
  await commune.lit("La limite est de 2 Mo");

  await commune.aller(pieces);
  await ajouter(commune, '..\\..\\<b>"devis" été.pdf', DEVIS, "Devis de la toiture");
  await commune.lit("La pièce est ajoutée");
  await commune.capturer("pieces");
  const devis = await commune.page.getByRole("link", { name: "Devis de la toiture" }).getAttribute("href");
  if (!devis) throw new Error("pas de lien vers la pièce");
  const recu = await commune.demander(devis);
  expect(await recu.body()).toEqual(DEVIS);
  expect(recu.headers()["content-disposition"]).toContain("attachment");
  expect(recu.headers()["content-disposition"]).not.toMatch(/[<>/\\]/);

  await ajouter(commune, "local.jpg", PHOTO, "Photo du local");
  const photo = await commune.page.getByRole("link", { name: "Photo du local" }).getAttribute("href");
  const gardee = await (await commune.demander(photo ?? "")).body();
  expect(gardee.subarray(-3).toString("hex")).toBe("2affd9");
  expect(gardee.includes("GPS")).toBe(false);

  // Who accompanies and who directs reads it; nobody else, whoever they are.
  const attendus: Array<[RegExp | undefined, number]> = [
    [/Chargé·e territorial·e/, 200],
    [/Coordination/, 200],
    [/Direction/, 200],
    [/Facilitateur/, 403],
    [/Agent qui gère le site/, 403],
    [/Acteur de l’économie sociale/, 403],
  ];
  for (const [role, statut] of attendus) {
    const personne = await arrive();
    if (role) await entrerComme(personne, role);
    expect((await personne.demander(devis)).status(), `${role?.source}`).toBe(statut);
  }
  const passant = await arrive();
  await passant.aller(devis);
  await passant.lit("Connectez-vous pour continuer");

  await commune.aller(pieces);
  await commune.envoyer(/^Retirer : Devis de la toiture/);
  await commune.lit("La pièce est retirée");
  expect((await commune.demander(devis)).status()).toBe(404);
  await commune.envoyer(/^Remettre : Devis de la toiture/);
  await commune.lit("La pièce est remise");
  expect((await commune.demander(devis)).status()).toBe(200);
});
