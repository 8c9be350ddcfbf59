// What `assentry verify` believes before it reads: flags first, then a profile that was asked for by name. Nothing is
// taken from the working directory unasked: a wrong anchor would call a good file forged.
import type { Anchors } from '@assentry/sdk/evidence';
import { InvalidArgumentError } from 'commander';
import { fromBase64 } from '../../../core/encoding.ts';
import { parseVerifierKey, parseWitnessKey } from '../../../core/ledger.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { organizationIn, type Place, type Profile, profileNamed } from '../settings.ts';

export interface AnchorFlags {
  logKey?: string[];
  organization?: string;
  origin?: string;
  rpId?: string;
  receiptKey?: string[];
  witness?: string[];
}

/** `link_key` is a secret, so that only a profile can give it. */
export type Pins = Anchors & { link_key?: string };

const collector =
  (isOne: (text: string) => boolean, wanted: string) =>
  (text: string, before: string[] = []): string[] => {
    if (!isOne(text)) throw new InvalidArgumentError(wanted);
    return [...before, text];
  };

/** Commander's collectors for keys: a key that is none must not silently verify nothing. */
export const verifierKeys = collector((text) => parseVerifierKey(text) !== null, 'Write name+hash+key.');
export const receiptKeys = collector((text) => fromBase64(text) !== null, 'Write the base64 of the public key.');
export const witnessKeys = collector((text) => parseWitnessKey(text) !== null, 'Write name+hash+key.');

/** The anchors of one run. Throws a `CliError` when the profile asked for is not there. */
export function anchorsFor(place: Place, flags: AnchorFlags, profile_name: string | undefined): Pins {
  const profile = profile_name === undefined ? {} : profileNamed(place, profile_name);
  if (profile === null) throw new CliError(EXIT.usage, `There is no profile "${profile_name}".`);
  const pins = {
    log_key: flags.logKey ?? profile.ledger_key?.split(/\s+/),
    organization: flags.organization ?? organizationOf(profile),
    origin: flags.origin ?? profile.origin,
    rp_id: flags.rpId ?? profile.rp_id,
    receipt_key: flags.receiptKey ?? profile.receipt_key,
    witnesses: flags.witness ?? profile.witnesses,
    link_key: profile.link_key,
  };
  return Object.fromEntries(Object.entries(pins).filter(([, value]) => value !== undefined)) as Pins;
}

const organizationOf = ({ organization, api_key = '' }: Profile): string | undefined =>
  organization ?? organizationIn(api_key) ?? undefined;
