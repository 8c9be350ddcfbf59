// A row of a list, as it was stored with an earlier form of the document, counted again by the standings of now.
import { describe, expect, it } from 'vitest';
import { type ApprovalRequest, present } from '../../../core/request/present.ts';
import { recountedRow, votersIn } from '../../../core/request/recount.ts';
import { decide } from '../../../core/request/vote.ts';
import { ALICE, at, born, call, facts, must, standing } from './fixtures.ts';

const FRAME = { base_url: 'http://localhost:8787', sealedAt: () => null, receipts: [], ledger_pending: false };
const { record: asked } = born('two.people');
const VOTED = present(must(decide(asked, call(asked, ALICE), at(1_000))).record, FRAME);
const { standings } = facts();

const approved = ({ effective }: ApprovalRequest) => effective.requirement!.stages.map((stage) => stage.approved);

/** The row without members that came later, at any depth. */
function stored(row: ApprovalRequest, without: readonly string[]): ApprovalRequest {
  return JSON.parse(JSON.stringify(row, (key, value) => (without.includes(key) ? undefined : value)));
}

describe('a row of a list', () => {
  it('counts a vote while its person stands, and not afterwards', () => {
    expect(approved(recountedRow(VOTED, standings, at(2_000)))).toEqual([1]);
    const removed = { ...standings, [ALICE]: standing(ALICE, 1, { active: false }) };
    const row = recountedRow(VOTED, removed, at(2_000));
    expect(approved(row)).toEqual([0]);
    expect(row.decisions).toMatchObject([{ void: true, void_reason: 'withdrawn' }]);
  });

  it('from before a vote said why it is void keeps a vote void that an edit had ended', () => {
    const decisions = VOTED.decisions.map((vote) => ({ ...vote, void: true }));
    const row = stored({ ...VOTED, decisions }, ['void_reason', 'viewer', 'unmet']);
    expect(votersIn(row)).toEqual([]);
    expect(recountedRow(row, standings, at(2_000))).toEqual(row);
  });

  it('from before there were edits is counted like any other', () => {
    const effective = stored(VOTED, []).effective;
    const row = stored({ ...VOTED, effective }, ['void', 'void_reason', 'edits', 'viewer', 'unmet']);
    Reflect.deleteProperty(row.effective, 'requirement');
    Reflect.deleteProperty(row.effective, 'risk');
    expect(approved(recountedRow(row, standings, at(2_000)))).toEqual([1]);
  });
});
