// Who signed a vote, and with what: a passkey, or a provider's token. How either stands in the recorded vote.
import type { Passkey, Standing } from '../authority.ts';
import type { JsonObject } from '../json.ts';
import type { RecordedVote, SignedToken } from './record.ts';

export interface PasskeySigner {
  standing: Standing;
  passkey: Passkey;
  new_counter: number;
  assertion: JsonObject;
}

export type Signer = PasskeySigner | { standing: Standing; token: SignedToken };

type SignaturePart = Pick<
  RecordedVote,
  | 'passkey'
  | 'new_counter'
  | 'device_type'
  | 'backed_up'
  | 'assertion'
  | 'public_key'
  | 'passkey_event'
  | 'passkey_entry'
  | 'token'
>;

const NO_PASSKEY = {
  ...{ assertion: null, public_key: null, passkey: null, passkey_event: null, passkey_entry: null },
  ...{ new_counter: 0, device_type: null, backed_up: false },
};

/** The fields of a recorded vote that say how it was signed. */
export function signaturePart(signer: Signer): SignaturePart {
  if ('token' in signer) return { ...NO_PASSKEY, token: signer.token };
  const { passkey, new_counter, assertion } = signer;
  return {
    ...{ passkey: passkey.id, new_counter, assertion, public_key: passkey.public_key },
    ...{ device_type: passkey.device_type, backed_up: passkey.backed_up },
    ...{ passkey_event: passkey.event, passkey_entry: passkey.entry },
  };
}
