// What an edit ends: votes before it, and escalations that policy wrote for other stages than it asks now.
import { describe, expect, it } from 'vitest';
import { newRecord } from '../../../core/request/birth.ts';
import { inForce, liveVotes } from '../../../core/request/in-force.ts';
import type { RecordedEdit, RecordedVote, RequestRecord } from '../../../core/request/record.ts';
import { at, birth } from './fixtures.ts';

const ASKED = newRecord(birth('deployment.rollback'), at(0));
const vote = (seq: number) => ({ seq, reviewer: `usr_${seq}` }) as RecordedVote;
const edit = (seq: number, in_force = ASKED.judgement as RecordedEdit['in_force']) =>
  ({ seq, in_force }) as RecordedEdit;
const withEdits = (...edits: RecordedEdit[]): RequestRecord => ({ ...ASKED, edits });

describe('an edit', () => {
  it('voids every vote before it, whatever action they were for, and none after', () => {
    const votes = [vote(2), vote(4), vote(7)];
    expect(liveVotes({ ...ASKED, votes }).map(({ seq }) => seq)).toEqual([2, 4, 7]);
    expect(liveVotes({ ...withEdits(edit(3)), votes }).map(({ seq }) => seq)).toEqual([4, 7]);
    expect(liveVotes({ ...withEdits(edit(3), edit(6)), votes }).map(({ seq }) => seq)).toEqual([7]);
  });

  it('keeps further people asked where it asks the same stages, and lets none in where it asks others', () => {
    const escalations = [{ stage: 0, to: ['usr_further'], by: 'clock', at: at(1), seq: 2 }];
    const from = (record: RequestRecord) => inForce({ ...record, escalations }).requirement.stages[0]!.from;
    const { requirement } = ASKED.judgement;
    const others = { ...requirement, stages: [{ ...requirement.stages[0]!, from: ['usr_strict'] }] };
    expect(from(ASKED)).toContain('usr_further');
    expect(from(withEdits(edit(3)))).toContain('usr_further');
    expect(from(withEdits(edit(3, { ...ASKED.judgement, requirement: others })))).toEqual(['usr_strict']);
  });
});
