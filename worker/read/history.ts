// Past requests out of the projection, oldest first, in pages: as much of each as judging it again needs. The next page
// is on its way while one is worked on. Advice is made from these rows, never a decision.
import type { JsonObject } from '../../core/json.ts';
import { withoutHidden } from '../../core/policy/parameters/unmasked.ts';
import type { Fate, StoredRequest } from '../../core/policy/simulate.ts';
import type { RiskLevel, Stage, TraceStep, Verdict } from '../../core/policy.ts';

/** Bounded by what a page may weigh: a request's document is 100 KiB at worst. */
const PAGE_ROWS = 250;

/** The oldest of the newest `?` rows; both statements walk the list's own index. */
const START = `SELECT created_at, id FROM approval_requests WHERE organization = ? AND created_at >= ?
  ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?`;
const PAGE = `SELECT id, created_at, json_extract(document, '$.action', '$.resource', '$.actor', '$.params',
    '$.metadata', '$.context', '$.risk', '$.verdict', '$.policy', '$.requirement.stages', '$.status', '$.decided_by',
    '$.capability.id', '$.decisions', '$.outcome.status', '$.break_glass.id', '$.edits', '$.hidden') AS parts
  FROM approval_requests WHERE organization = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?`;

interface Row {
  id: string;
  created_at: string;
  parts: string;
}
interface Place {
  created_at: string;
  id: string;
}
const BEFORE_ALL: Place = { created_at: '', id: '' };

export interface HistoryQuestion {
  organization: string;
  /** At most so many, the newest. */
  limit: number;
  /** None older than this instant. */
  since?: string | undefined;
}

/** Pages of stored requests, oldest first. Rejects when D1 cannot be reached. */
export async function* history(
  db: D1Database,
  { organization, limit, since = '' }: HistoryQuestion,
): AsyncGenerator<StoredRequest[]> {
  const read = async (after: Place, rows: number): Promise<Row[]> => {
    const statement = db.prepare(PAGE).bind(organization, after.created_at, after.id, Math.min(rows, PAGE_ROWS));
    return (await statement.all<Row>()).results;
  };
  let left = limit;
  let page = read(await placeBefore(db, organization, limit, since), left);
  while (left > 0) {
    const rows = await page;
    left -= rows.length;
    const last = rows.at(-1);
    if (!last) return;
    const more = left > 0 && rows.length === PAGE_ROWS;
    if (more) page = read(last, left);
    // Whoever stops early leaves the page on its way to nobody: its failure is nobody's, too.
    page.catch(() => undefined);
    yield rows.map(storedOf);
    if (!more) return;
  }
}

/** The place before the first row that counts: the row before the newest `limit`, else the moment itself. */
async function placeBefore(db: D1Database, organization: string, limit: number, since: string): Promise<Place> {
  const row = await db.prepare(START).bind(organization, since, limit).first<Place>();
  return row ?? { ...BEFORE_ALL, created_at: since };
}

type Parts = [
  action: string | null,
  resource: string | null,
  actor: string,
  params: JsonObject | null,
  metadata: JsonObject | null,
  context: JsonObject | null,
  risk: { level: RiskLevel; claimed: RiskLevel | null },
  verdict: Verdict,
  policy: { digest: string; rule: string | null; trace: TraceStep[] | null },
  stages: (Stage & { approved: number })[] | null,
  ...life: Life,
];

function storedOf({ id, created_at, parts }: Row): StoredRequest {
  const [action, resource, actor, params, metadata, context, risk, verdict, policy, stages, ...life] = JSON.parse(
    parts,
  ) as Parts;
  const hidden = life.at(-1) as string[] | null;
  const isErased = action === null || resource === null || params === null;
  const input = isErased
    ? null
    : {
        action,
        resource,
        actor,
        params: withoutHidden(params, hidden ?? []),
        metadata: metadata ?? {},
        context,
        claimed_risk: risk.claimed,
      };
  return {
    ...(hidden?.length ? { hidden } : {}),
    ...{ id, created_at, input, verdict, risk: risk.level, rule: policy.rule },
    // Without how many have approved so far.
    stages: stages?.map(({ approved: _, ...stage }) => stage) ?? null,
    ...{ policy_digest: policy.digest, trace: policy.trace ?? [], ...fateOf(life) },
  };
}

type Life = [
  status: string,
  decided_by: string | null,
  capability: string | null,
  decisions: { reviewer: { id: string } }[] | null,
  outcome: string | null,
  break_glass: string | null,
  edits: unknown[] | null,
  hidden: string[] | null,
];

function fateOf([status, decided_by, capability, decisions, outcome, break_glass, edits]: Life): {
  fate: Fate;
  people: string[];
} {
  const people = [...new Set((decisions ?? []).map(({ reviewer }) => reviewer.id))];
  const byPerson = decided_by === 'person';
  // An emergency override is nobody's approval.
  if (break_glass !== null) return { fate: 'other', people };
  if (outcome === 'failed') return { fate: 'failed', people };
  if (byPerson && status === 'rejected') return { fate: 'rejected', people };
  if (byPerson && capability !== null) return { fate: edits?.length ? 'edited' : 'approved', people };
  return { fate: status === 'expired' && capability === null ? 'expired' : 'other', people };
}
