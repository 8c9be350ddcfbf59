// Words planted in a request, and everywhere that they could turn up: each answer that names the request, every row of
// D1, the export. What finds none of them has looked; each place says that it holds something.
import { expect } from 'vitest';
import { exported } from './export.ts';
import { type Caller, env, get } from './house.ts';
import type { Member, World } from './world.ts';

/** A place, and all that stands there as text. */
export type Place = readonly [name: string, text: string];

/** Every row of every table of D1 that belongs to the organization. */
export async function rowsOf(organization: string): Promise<Place[]> {
  // What belongs to the platform cannot be read; each table of ours says whose its rows are.
  const tables = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%organization%'",
  ).all<{ name: string }>();
  const places: Place[] = [];
  for (const { name } of tables.results) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}" WHERE organization = ?`).bind(organization).all();
    places.push([`D1 ${name}`, JSON.stringify(results)]);
  }
  return places;
}

const OF_REQUEST = ['', '?wait=0', '/events', '/receipts'];
const LISTS = [
  ...['/v1/approval-requests', '/v1/events', '/v1/deliveries', '/v1/metrics', '/v1/policy', '/v1/policy/suggestions'],
  ...['/v1/changes', '/v1/service-accounts'],
];

/** What these callers are told of a request, wherever it is told; refusals, too. */
async function answersAbout(request: string, callers: Record<string, Caller>): Promise<Place[]> {
  const paths = [...OF_REQUEST.map((rest) => `/v1/approval-requests/${request}${rest}`), ...LISTS];
  const asked = Object.entries(callers).flatMap(([who, caller]) =>
    paths.map(async (path): Promise<Place> => [`${who} ${path}`, (await get(path, caller)).text]),
  );
  return Promise.all(asked);
}

/** The evidence of a request in each of its forms, once the public checkpoint holds all of it. */
export async function evidenceOf(request: string, caller: Caller): Promise<Place[]> {
  const forms = ['json', 'attestation', 'markdown'].map(async (format): Promise<Place> => {
    for (;;) {
      const { status, text } = await get(`/v1/approval-requests/${request}/evidence?format=${format}`, caller);
      if (status !== 503) return [`evidence ${format}`, text];
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  return Promise.all(forms);
}

/** Everything at once: as the agent, an administrative key and people see it, in D1 and in the export. */
export async function everywhere(world: World, request: string, people: Record<string, Member>): Promise<Place[]> {
  const sessions = Object.entries(people).map(([who, { cookie }]) => [who, { cookie }] as const);
  const callers = {
    agent: { key: world.agent.text },
    admin: { key: world.admin.text },
    ...Object.fromEntries(sessions),
  };
  return [
    ...(await answersAbout(request, callers)),
    ...(await evidenceOf(request, { key: world.admin.text })),
    ...(await rowsOf(world.organization)),
    ['export', (await exported(world)).join('\n')],
  ];
}

/** None of the words stands in any of the places, in clear, in another case, or as base64. */
export function holdNone(places: readonly Place[], words: readonly string[]): void {
  const forms = words.flatMap((word) => [word.toLowerCase(), btoa(word).replace(/=+$/, '').slice(0, -1).toLowerCase()]);
  const found = places.filter(([, text]) => forms.some((form) => text.toLowerCase().includes(form)));
  expect(found.map(([name]) => name)).toEqual([]);
}
