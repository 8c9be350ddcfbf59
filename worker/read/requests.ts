// Lists of approval requests, from the projection: newest first, by id (UUIDv7 is time-ordered; a derived id sorts
// elsewhere, so the order is by creation, then id).
import { and, type Column, desc, eq, lt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Principal } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { ApprovalRequest } from '../../core/request/present.ts';
import { recountedRow, votersIn } from '../../core/request/recount.ts';
import { approval_requests as table } from '../../migrations/schema.ts';
import { authorized } from '../auth/authorized.ts';
import type { Ctx } from '../context.ts';
import { maySeeAll, seesAny } from '../requests/access.ts';
import { pageFrom, placeOf } from './page.ts';

export interface Filter {
  status?: string;
  actor?: string;
  action?: string;
  risk?: string;
  q?: string;
  cursor?: string;
  limit: number;
}

interface Page {
  data: ApprovalRequest[];
  next_cursor: string | null;
}

/** A page of what the caller may see. */
export async function listRequests(c: Ctx, filter: Filter): Promise<Result<Page>> {
  const who = await authorized(c);
  if (!who.ok) return who;
  if (!seesAny(who.value.principal))
    return fail('forbidden', 'This API key lacks the scope requests:read: it sees no requests.');
  const place = placeOf(filter.cursor, /^\S{24} apr_\w+$/);
  if (!place.ok) return place;
  const [created_at, id] = place.value?.split(' ') ?? [];
  const after = created_at && id ? { created_at, id } : null;
  const rows = await drizzle(c.env.DB)
    .select({ document: table.document, created_at: table.created_at, id: table.id })
    .from(table)
    .where(and(...conditions(who.value.caller.organization, who.value.principal, filter, after)))
    .orderBy(desc(table.created_at), desc(table.id))
    .limit(filter.limit + 1);
  const { data, next_cursor } = pageFrom(rows, filter.limit, (row) => `${row.created_at} ${row.id}`);
  const requests = data.map(({ document }) => JSON.parse(document) as ApprovalRequest);
  const counted = await recounted(c, requests);
  return counted.ok ? ok({ data: counted.value, next_cursor }) : counted;
}

/** Rows are as old as their request's last step: who has voted in one may have lost the right since. */
async function recounted(c: Ctx, requests: ApprovalRequest[]): Promise<Result<ApprovalRequest[]>> {
  const users = [...new Set(requests.flatMap(votersIn))];
  if (users.length === 0) return ok(requests);
  const who = await authorized(c, { users });
  if (!who.ok) return who;
  const { standings, as_of } = who.value.facts;
  return ok(requests.map((request) => recountedRow(request, standings, instantAt(as_of))));
}

interface Position {
  created_at: string;
  id: string;
}

function conditions(organization: string, principal: Principal, filter: Filter, after: Position | null) {
  const { status, actor, action, risk, q } = filter;
  return [
    eq(table.organization, organization),
    seesOnly(principal),
    status === undefined ? undefined : eq(table.status, status),
    actor === undefined ? undefined : eq(table.actor, actor),
    action === undefined ? undefined : eq(table.action, action),
    risk === undefined ? undefined : eq(table.risk, risk),
    q === undefined ? undefined : search(q),
    after === null ? undefined : before(after),
  ];
}

/** A key without the right to read all sees its own service account's requests. */
function seesOnly(principal: Principal): SQL | undefined {
  if (principal.kind === 'person') return undefined;
  return maySeeAll(principal) ? undefined : eq(table.requester, principal.service_account);
}

/** As text, not as a pattern: D1 refuses patterns of more than 50 bytes. */
const contains = (column: Column, part: string): SQL => sql`instr(lower(${column}), ${part}) > 0`;

function search(q: string): SQL | undefined {
  const part = q.toLowerCase();
  return or(contains(table.action, part), contains(table.resource, part), contains(table.actor, part), eq(table.id, q));
}

const before = ({ created_at, id }: Position): SQL | undefined =>
  or(lt(table.created_at, created_at), and(eq(table.created_at, created_at), lt(table.id, id)));
