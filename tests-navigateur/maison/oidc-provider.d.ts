// The little of it that is used here; the package brings no types.
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  export default class Provider {
    constructor(emetteur: string, configuration: Record<string, unknown>);
    callback(): RequestListener;
  }
}
