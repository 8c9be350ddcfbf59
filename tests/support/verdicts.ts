// What the verifier's own functions say of signed forms: the same file in workerd, in Node and in a browser.
import { type Asserted, faultOfAssertion } from '../../core/evidence/assertion.ts';
import { type RegistrationAnswer, readRegistration } from '../../core/passkey/registration.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';

export type SignedForm =
  | { kind: 'assertion'; asserted: Asserted }
  | { kind: 'registration'; answer: RegistrationAnswer; wanted: { challenge: string; origin: string; rp_id: string } };

async function verdictOf(form: SignedForm): Promise<string | null> {
  try {
    if (form.kind === 'assertion') return (await faultOfAssertion(form.asserted, webCrypto))?.detail ?? null;
    const made = readRegistration(form.answer, form.wanted);
    return typeof made === 'string' ? made : null;
  } catch (error) {
    return String(error);
  }
}

/** Per form what is wrong with it; null where it holds. */
export const verdictsOf = (forms: SignedForm[]): Promise<(string | null)[]> => Promise.all(forms.map(verdictOf));
