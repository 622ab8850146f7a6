// A provider of identity, the certified one of Node (panva's oidc-provider), with ProConnect's profile.
import { generateKeyPairSync } from "node:crypto";
import { type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export interface Fournisseur {
  url: string;
  /** Settings of a site that trusts it. */
  reglages: string[];
  /** From then on it knows this site, and signs so. */
  connaitre(site: string, algorithme: "RS256" | "ES256"): void;
  arreter(): Promise<void>;
}

const CLIENT = "terreau-essai";
const SECRET = "un-secret-d-essai-assez-long";
const DOMAINE = "exemple.invalid";

const CLES = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
].map(({ privateKey }) => ({ ...privateKey.export({ format: "jwk" }), use: "sig" }));

/** Whoever signs in as `prenom.nom` has this address. */
function personne(login: string): Record<string, string> {
  const [prenom = "", nom = ""] = login.split(".");
  return { sub: login, email: `${login}@${DOMAINE}`, given_name: prenom, usual_name: nom };
}

function configurer(url: string, site: string, algorithme: string): Provider {
  return new Provider(url, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${site}/connexion/agents/retour`],
        post_logout_redirect_uris: [`${site}/deconnexion/retour`],
        token_endpoint_auth_method: "client_secret_post",
        id_token_signed_response_alg: algorithme,
        // The client's library takes a signed profile in RS256 only (docs/adr/0023).
        userinfo_signed_response_alg: "RS256",
      },
    ],
    jwks: { keys: CLES },
    scopes: ["openid", "given_name", "usual_name", "email"],
    claims: { openid: ["sub"], given_name: ["given_name"], usual_name: ["usual_name"], email: ["email"] },
    features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ["essai"] },
    findAccount: (_contexte: unknown, login: string) => ({ accountId: login, claims: () => personne(login) }),
  });
}

export async function ouvrirLeFournisseur(): Promise<Fournisseur> {
  let repondre: RequestListener = (_demande, reponse) => reponse.writeHead(503).end();
  const serveur = createServer((demande, reponse) => repondre(demande, reponse));
  await new Promise<void>((pret) => serveur.listen(0, "127.0.0.1", pret));
  const url = `http://127.0.0.1:${(serveur.address() as AddressInfo).port}`;
  return {
    url,
    reglages: [`oidc.emetteur=${url}`, `oidc.client=${CLIENT}`, `oidc.secret=${SECRET}`, `oidc.domaines=${DOMAINE}`],
    connaitre(site, algorithme) {
      repondre = configurer(url, site, algorithme).callback();
    },
    async arreter() {
      serveur.closeAllConnections();
      await new Promise((ferme) => serveur.close(ferme));
    },
  };
}
