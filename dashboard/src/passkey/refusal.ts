// Why this page did not go on with a ceremony. `mismatch` is the alarm: what the server sent is not what is shown.

export class PasskeyRefusal extends Error {
  readonly code: 'mismatch' | 'cancelled' | 'unsupported' | 'enrolled-already' | 'failed';

  constructor(code: PasskeyRefusal['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Throws the alarm, naming what differs. */
export function refuseMismatch(what: string): never {
  throw new PasskeyRefusal(
    'mismatch',
    `${what} Nothing was signed. Reload; if it happens again, tell your administrator: the server or something between may be lying.`,
  );
}
