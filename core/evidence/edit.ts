// One edit: what it left to run gives the recorded digests, nothing that policy asks became milder, and a reviewer of the
// open stage signed it. That policy let it be edited and judged the edit as recorded is judgement-edits.ts's.
import { sameJson } from '../canonical.ts';
import { paramsDigest } from '../digest.ts';
import { type EditIntent, editIntent } from '../intent.ts';
import type { Json, JsonObject } from '../json.ts';
import { milderIn, type Strictness } from '../policy/rejudge.ts';
import { type Case, pointerTo } from './case.ts';
import { decisionFits, isOwn } from './decision.ts';
import type { EvidenceLine } from './forms.ts';
import { editedBy, type Held, heldBefore } from './held.ts';
import { checkSigned, type Signed, sameIntent, signedOf } from './signature.ts';
import { atLine } from './tally.ts';
import { sayWithheld, withheldIn } from './withheld.ts';

export async function checkEdit(of: Case, line: EvidenceLine): Promise<void> {
  const { skeleton, seq } = line.event;
  const [before, after] = [heldBefore(of, seq), heldBefore(of, seq + 1)];
  const at = atLine(line);
  // Nobody edits in another's right (core/request/edit.ts): a delegation here would be one that nothing checks.
  const own = skeleton.delegation === undefined && before.written !== null;
  const known = ['narrow', 'any'].includes(skeleton.edits as string) && own;
  if (!of.tally.holds(known && isOwn(of, line), 'edit', 'It is no edit of this request by its own person.', at)) return;
  const milder = milderIn(strictnessOf(before), strictnessOf(after));
  const said = `The edit made what policy asks milder (${milder.join(', ')}).`;
  if (of.tally.holds(milder.length === 0, 'edit', said, at))
    of.tally.say('edit', 'proved', 'Policy asks for the edited action at least what it asked before.', at);
  checkContents(of, line, after);
  const vote = checkVote(of, line);
  await checkSigned(of, line, 'this edit', () => {
    const signed = signedOf(line)!;
    return vote === null
      ? editFits(of, line, before, after, signed as unknown as Signed<EditIntent>)
      : decisionFits(of, line, after, signed, vote.event.skeleton.stage as number);
  });
  if (of.judge !== undefined) return;
  const word = `That policy let it be edited (${skeleton.edits}) and judged it so (rule ${skeleton.rule}) is the operator’s word.`;
  of.tally.say('judgement', 'asserted', word, at);
}

const strictnessOf = ({ written, capability, risk }: Held): Strictness =>
  ({ requirement: written, capability, risk }) as unknown as Strictness;

/** The effective digests and the diff, from what was asked and the edited params. */
function checkContents(of: Case, line: EvidenceLine, after: Held): void {
  const at = atLine(line);
  const edited = editedBy(of, after, null);
  if (edited === null) {
    of.tally.say('edit', 'not-replayable', 'What was edited is erased: its digests cannot be computed again here.', at);
    return;
  }
  const salt = of.birth.personal!.salt as string;
  const withheld = [...withheldIn(of.birth.line), ...withheldIn(line)];
  const whole = withheld.length === 0;
  const wrong: [boolean, string][] = [
    [whole && edited.action_digest !== after.action_digest, 'skeleton/effective_action_digest'],
    [whole && paramsDigest(salt, edited.params) !== after.params_digest, 'skeleton/effective_params_digest'],
    [!same(edited.diff, line.event.personal?.diff), 'personal/diff'],
  ];
  for (const [, name] of wrong.filter(([differs]) => differs)) {
    const field = pointerTo(of, line, `/event/${name}`);
    of.tally.say('edit', 'failed', `${name.split('/')[1]} is not that of the edited params.`, { ...at, field });
  }
  if (!whole) of.tally.say('edit', 'not-replayable', sayWithheld(withheld), at);
  if (!wrong.some(([differs]) => differs))
    of.tally.say(
      'edit',
      'proved',
      `The edited params give ${whole ? 'the recorded digests and ' : ''}these differences.`,
      at,
    );
}

const same = (one: unknown, other: unknown): boolean => sameJson((one ?? null) as Json, (other ?? null) as Json);

/** The approval that an edit came with: the next event, under the same signature. Null for an edit of its own. */
function checkVote(of: Case, line: EvidenceLine): EvidenceLine | null {
  const { skeleton, seq } = line.event;
  if (skeleton.decision === 'edit') return null;
  const next = of.votes.find(({ event }) => event.seq === seq + 1);
  const one =
    next !== undefined &&
    skeleton.decision === 'approve' &&
    skeleton.edits === 'narrow' &&
    next.event.skeleton.decision === 'approve' &&
    next.event.skeleton.intent_digest === skeleton.intent_digest;
  const detail = 'It was signed with an approval that is not the next event.';
  return of.tally.holds(one, 'edit', detail, atLine(line)) ? next! : null;
}

function editFits(of: Case, line: EvidenceLine, before: Held, after: Held, signed: Signed<EditIntent>): boolean {
  const { skeleton } = line.event;
  const { intent } = signed;
  const expected = editIntent(
    {
      ...{ organization: of.bundle.organization.id, rp_id: of.pinned.rp_id, request: of.birth.line.event.object },
      ...{ stage: skeleton.stage as number, action_digest: skeleton.action_digest as string, comment: signed.comment },
      ...{ request_digest: skeleton.request_digest as string, replaces: before.action_digest },
      edited: editedBy(of, after, intent.edited)!,
      ...{ policy_digest: skeleton.policy_digest as string, reviewer: skeleton.reviewer as string },
    },
    intent,
  );
  return sameIntent(of, line, intent as unknown as JsonObject, expected as unknown as JsonObject);
}
