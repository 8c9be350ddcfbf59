// Simple metrics over D1: the last thirty days of one organisation. `approval_rate` and times count what people decided;
// what policy let through by itself is no decision.
import { instantAt } from '../../core/duration.ts';

const DAYS_MS = 30 * 24 * 3_600_000;
/** As many decisions as the percentiles are taken over: enough to be steady, bounded. */
const MAX_DURATIONS = 5_000;

/** There is a capability, of whatever status, once there was an approval. */
const WAS_APPROVED = `json_extract(document, '$.capability.id') IS NOT NULL`;
/** Whoever withdraws a request or ends its waiting is noted as who settled it, but has not decided it. */
const BY_PERSON = `decided_by = 'person' AND (status = 'rejected' OR ${WAS_APPROVED})`;
const COUNTS = `SELECT
    count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE ${WAS_APPROVED}) AS approved,
    count(*) FILTER (WHERE status = 'rejected') AS rejected,
    count(*) FILTER (WHERE status = 'expired' AND NOT (${WAS_APPROVED})) AS expired,
    count(*) FILTER (WHERE ${BY_PERSON}) AS by_person,
    count(*) FILTER (WHERE ${BY_PERSON} AND status <> 'rejected') AS approved_by_person
  FROM approval_requests WHERE organization = ? AND created_at >= ?`;
const DURATIONS = `SELECT (julianday(decided_at) - julianday(created_at)) * 86400 AS seconds
  FROM approval_requests WHERE organization = ? AND created_at >= ? AND ${BY_PERSON}
  ORDER BY id DESC LIMIT ${MAX_DURATIONS}`;
const TOP = `SELECT action, count(*) AS count FROM approval_requests WHERE organization = ? AND created_at >= ?
  AND action <> '' GROUP BY action ORDER BY count DESC, action LIMIT 10`;

type Counts = Record<'pending' | 'approved' | 'rejected' | 'expired' | 'by_person' | 'approved_by_person', number>;

/** What `GET /v1/metrics` answers. `now_ms` since the epoch. */
export async function metricsOf(db: D1Database, organization: string, now_ms: number): Promise<object> {
  const since = instantAt(now_ms - DAYS_MS);
  const [counts, durations, top] = await db.batch(
    [COUNTS, DURATIONS, TOP].map((sql) => db.prepare(sql).bind(organization, since)),
  );
  const { by_person, approved_by_person, ...shown } = counts!.results[0] as Counts;
  const seconds = (durations!.results as { seconds: number }[]).map((row) => row.seconds).sort((a, b) => a - b);
  return {
    ...shown,
    approval_rate: by_person === 0 ? null : approved_by_person / by_person,
    median_seconds_to_decide: percentile(seconds, 0.5),
    p95_seconds_to_decide: percentile(seconds, 0.95),
    top_actions: top!.results,
  };
}

/** Nearest rank, to a tenth of a second; null of nothing. */
function percentile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
