// A page of the queue out of a large projection, through the Worker's own route: rows that D1 read for it. The naive arm
// is the same page without an index.

import { newId } from '../../core/ids.ts';
import type { Row } from '../context.ts';
import { costOf } from '../harness/life.ts';
import { call, type World } from '../harness/world.ts';
import { atMost, type Line } from '../line.ts';

const REQUESTS = 100_000;
const PAGE = 50;
const COLUMNS =
  'id, organization, status, action, resource, actor, requester, risk, seq, document, created_at, expires_at';

/** Fills the projection by SQL: made-up rows of one organisation, `pending` of them waiting, spread over all. */
async function fill(world: World, pending: number): Promise<void> {
  const { db } = world.house;
  await db.prepare('DELETE FROM approval_requests').run();
  await db
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
       INSERT INTO approval_requests (${COLUMNS})
       SELECT printf('apr_%026d', i), ?2, CASE WHEN i % (?1 / ?3) = 0 THEN 'pending' ELSE 'executed' END,
         'deployment.execute', 'service:billing-api', 'service-account:release-bot', 'sa_bench', 'high', 1, '{}',
         strftime('%Y-%m-%dT%H:%M:%fZ', 1790000000 + i, 'unixepoch'), '2027-01-01T00:00:00.000Z' FROM n`,
    )
    .bind(REQUESTS, world.organization, pending)
    .run();
}

async function rowsRead(world: World): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < 3; i++) {
    const page = () => call<{ data: unknown[] }>(world, 'GET', `/v1/approval-requests?status=pending&limit=${PAGE}`);
    const counts = await costOf(
      world,
      async () => {
        const { data } = await page();
        if (data.length !== PAGE) throw new Error(`a page of ${data.length} requests`);
      },
      0,
    );
    samples.push(counts['d1.read'] ?? 0);
  }
  return samples;
}

async function scanned(world: World): Promise<number> {
  const { meta } = await world.house.db
    .prepare(
      `SELECT document FROM approval_requests NOT INDEXED WHERE organization = ? AND status = 'pending'
       ORDER BY created_at DESC, id DESC LIMIT ?`,
    )
    .bind(world.organization, PAGE + 1)
    .all();
  return meta.rows_read;
}

export const list: Row = {
  name: 'list',
  async measure(context) {
    const world = await context.world();
    const line = async (figure: string, pending: number): Promise<Line> => {
      await fill(world, pending);
      const value = await scanned(world);
      return {
        ...{ figure, unit: 'rows read', target: atMost(PAGE + 1), samples: await rowsRead(world) },
        baseline: { arm: 'without an index', value, how: 'measured' },
      };
    };
    const lines = [
      await line('list 50 of 100,000 pending', REQUESTS),
      await line('list 50 of 500 pending among 100,000', 500),
    ];
    await world.house.db
      .prepare(`DELETE FROM approval_requests WHERE id < '${newId('apr', 0, new Uint8Array(10))}'`)
      .run();
    return lines;
  },
};
