// A real OpenID provider (`oidc-provider`) on localhost, and a person who signs in there in a browser of a few lines:
// authorization code with PKCE and nonce, by a real client (`oauth4webapi`).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
// @ts-expect-error The package brings no types.
import Provider from 'oidc-provider';

const CLIENT = 'assentry-approvals';
const SECRET = 'only-for-this-test-and-this-machine';

export class OpenIdProvider {
  readonly issuer: string;
  readonly audience = CLIENT;
  readonly #server: Server;
  /** Who is signing in. */
  #account = '';

  private constructor(issuer: string, server: Server) {
    this.issuer = issuer;
    this.#server = server;
  }

  /** @param groups what the provider says of each account */
  static async open(groups: Record<string, string[]>): Promise<OpenIdProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
    const opened = new OpenIdProvider(issuer, server);
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const provider = new Provider(issuer, {
      clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [opened.#redirect] }],
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'provider-1', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: ['test'] },
      claims: { openid: ['sub'], groups: ['groups'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_ctx: unknown, id: string) => ({
        accountId: id,
        claims: async () => ({ sub: id, groups: groups[id] ?? [] }),
      }),
      // Consent is the company's: whoever has an account may use this client.
      loadExistingGrant: async (ctx: { oidc: { session: { accountId: string } } }) => {
        const grant = new provider.Grant({ clientId: CLIENT, accountId: ctx.oidc.session.accountId });
        grant.addOIDCScope('openid groups');
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    server.on('request', (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return answer(request, response);
      return provider.interactionFinished(request, response, { login: { accountId: opened.#account } });
    });
    return opened;
  }

  get #redirect(): string {
    return `${this.issuer}/cb`;
  }

  /** Signs somebody in with this nonce. @returns the ID token, as the provider signed it */
  async signIn(account: string, nonce: string): Promise<string> {
    this.#account = account;
    const insecure = { [oauth.allowInsecureRequests]: true };
    const url = new URL(this.issuer);
    const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
    const client: oauth.Client = { client_id: CLIENT };
    const verifier = oauth.generateRandomCodeVerifier();
    const asked = new URL(server.authorization_endpoint!);
    asked.search = new URLSearchParams({
      ...{ client_id: CLIENT, redirect_uri: this.#redirect, response_type: 'code', scope: 'openid groups', nonce },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    }).toString();
    const back = oauth.validateAuthResponse(server, client, await this.#browse(asked), oauth.expectNoState);
    const auth = oauth.ClientSecretBasic(SECRET);
    const answer = await oauth.authorizationCodeGrantRequest(
      ...([server, client, auth, back, this.#redirect, verifier, insecure] as const),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: nonce });
    return tokens.id_token!;
  }

  /** A browser: redirects and cookies, until it is sent back to the client. */
  async #browse(start: URL): Promise<URL> {
    const jar = new Map<string, string>();
    for (let url = start, i = 0; i < 10; i++) {
      if (url.href.startsWith(this.#redirect)) return url;
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
      url = new URL(location, url);
    }
    throw new Error('the provider sent us in circles');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
