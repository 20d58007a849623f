/** A login at a registry, as docker keeps it. */
export interface Login {
  readonly username: string;
  /** A password or an access token; undefined with an {@link identityToken}. */
  readonly password?: string;
  /** An OAuth2 refresh token, which the registry's token server exchanges. */
  readonly identityToken?: string;
  /** Where it was found, for messages. */
  readonly source: string;
}
