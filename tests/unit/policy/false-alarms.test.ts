// How often honest names are taken for almost a name of a rule: corpora of paths, Kubernetes names, addresses, service names
// and people, every name against every other of its corpus. The rates are counted and held. On purpose the corpora hold
// what is alike in earnest: `/data` and `/Data`, `lib` and `l1b`, `/docs` and `/docs/`, `cluster-1` and `cluster-l`.
import { describe, expect, it } from 'vitest';
import { parseResource } from '../../../core/actor.ts';
import { isAlike } from '../../../core/look-alike.ts';
import { named, nearness } from '../../../core/policy/match/near.ts';
import { manner } from '../../../core/policy/semantics.ts';

const cross = (...lists: string[][]): string[] =>
  lists.reduce((all, list) => all.flatMap((start) => list.map((end) => start + end)), ['']);

const WORDS =
  `account admin agent alarm alert analytics api app archive asset audit auth backup balance bank batch billing booking
  branch broker budget build cache calendar call campaign card cart catalog chat checkout claim client cluster cluster-1
  cluster-l config contact content contract core cost coupon credit crm cron customer dashboard data database deal
  delivery deploy device discount dispatch dns document domain email emails employee endpoint engine event events export
  feature feed file files finance firewall flag form forms forum fraud fulfilment gateway geo git graph group health help
  hook hosting identity image images import inbox index infra ingest ingress inventory invoice invoices iam item items job
  jobs key keys label lead ledger legal license link list live load log login logs loyalty mail mall main map market media
  member menu message metric metrics migration mobile model modem modern monitor network news node notes notification oauth
  offer onboarding operator order orders org page partner pay payment payments payout payroll permission phone photo pipeline
  plan platform plugin policy pool portal price pricing process product profile project promo proxy queue quota rate rating
  record redis refund region registry release report reports request reservation review risk role root route router rule
  runner sales schedule schema search secret security seller server service session setting shipment shop signup site sms
  snapshot socket staging stats status stock storage store stream subscription support survey sync system table tag task tax
  team template tenant test thread ticket time token topic tracker traffic transfer trip upload url usage user users vault
  vendor version video view voucher wallet warehouse web webhook widget worker workflow workspace zone`
    .trim()
    .split(/\s+/);

const NAMES =
  `anna.schmidt ana.schmidt bill.ling bob.iles carol.lam dana.miller dan.a.miller emma.stone eric.olson erik.olsen
  fatima.ali grace.lee henry.ford irene.novak ivan.petrov jan.kowalski jane.doe john.doe jon.doe juan.gil karl.marx
  lars.holm leila.amin li.wei lia.well linda.hall maria.silva mario.rossi mary.hill max.muster mia.moll mila.kern nils.berg
  nina.kohl olga.ivanova oscar.lind otto.lang paul.klee paula.kahl pia.roth rita.wolf sam.lowe sara.lind sarah.lind
  tim.cook tom.cook uma.rao vera.lind will.hill wim.hol xu.li yara.said zoe.hall`
    .trim()
    .split(/\s+/);

const CORPORA: Record<string, string[]> = {
  services: [...WORDS, ...cross(WORDS.slice(0, 60), ['-api', '-worker', '-db', '_v1', '_v2', '-v10'])].map(
    (name) => `service:${name}`,
  ),
  paths: cross(
    ['file:/srv', 'file:/opt/app', 'file:/var/lib'],
    ['/data', '/Data', '/backup', '/logs', '/.git', '/git', '/.env', '/src', '/lib', '/l1b'],
    [
      '/index.html',
      '/Index.html',
      '/README.md',
      '/readme.md',
      '/main.ts',
      '/a.tar.gz',
      '/report-2026-01.csv',
      '/report-2026-11.csv',
      '/img_001.png',
      '/img_010.png',
    ],
  ),
  kubernetes: cross(
    ['k8s:prod', 'k8s:prod-eu', 'k8s:staging', 'k8s:dev-1', 'k8s:dev-l0'],
    ['/deployment/', '/statefulset/', '/secret/', '/configmap/'],
    [
      'billing-7d9f8b6c5-x2x1l',
      'billing-7d9f8b6c5-x2xll',
      'web-0',
      'web-1',
      'web-o',
      'redis-master',
      'redis-replica-10',
      'kube-dns',
      'coredns',
      'ingress-nginx',
    ],
  ),
  addresses: cross(
    [
      'url:https://api.example.com',
      'url:https://api.example.org',
      'url:http://localhost:8080',
      'url:https://example.com',
    ],
    [
      '',
      '/',
      '/v1',
      '/v1/users',
      '/v1/users/',
      '/v1/users?page=1',
      '/v1/users?page=10',
      '/v1/users/101',
      '/v1/users/110',
      '/Docs',
      '/docs',
      '/a%20b',
      '/a b'.trim(),
    ],
  ),
  people: NAMES.flatMap((name) => [`mailbox:${name}@example.com`, `mailbox:${name}@example.org`]),
  orders: [
    ...Array.from({ length: 400 }, (_, at) => `order:A-${1_000 + at}`),
    ...Array.from({ length: 200 }, (_, at) => `order:${(at * 7_919 + 17).toString(36)}`),
  ],
};

/** Pairs of different names of which one is taken for almost the other. */
function alarms(names: string[]): string[][] {
  const all = [...new Set(names)];
  return all.flatMap((one, at) =>
    all
      .slice(at + 1)
      .filter((other) => isAlike(one, other))
      .map((other) => [one, other]),
  );
}

describe('honest names', () => {
  it.each(Object.keys(CORPORA))('of %s are all names that may be asked for, and each is taken for itself', (corpus) => {
    const how = manner();
    for (const name of CORPORA[corpus]!) {
      expect(parseResource(name).ok, name).toBe(true);
      expect(nearness([name], named(name, false, how), { left: 1e6 })).toBe('matched');
    }
  });

  it('are rarely taken for another: counted for each corpus', () => {
    const counted = Object.fromEntries(
      Object.entries(CORPORA).map(([corpus, names]) => {
        const count = new Set(names).size;
        const found = alarms(names);
        return [
          corpus,
          {
            names: count,
            alarms: found.length,
            per_million: Math.round((found.length / ((count * (count - 1)) / 2)) * 1e6),
          },
        ];
      }),
    );
    expect(counted).toMatchInlineSnapshot(`
      {
        "addresses": {
          "alarms": 16,
          "names": 52,
          "per_million": 12066,
        },
        "kubernetes": {
          "alarms": 40,
          "names": 200,
          "per_million": 2010,
        },
        "orders": {
          "alarms": 0,
          "names": 600,
          "per_million": 0,
        },
        "paths": {
          "alarms": 102,
          "names": 300,
          "per_million": 2274,
        },
        "people": {
          "alarms": 0,
          "names": 106,
          "per_million": 0,
        },
        "services": {
          "alarms": 8,
          "names": 623,
          "per_million": 41,
        },
      }
    `);
  });

  it('are taken for another where a person would look twice, too: case, a slash at the end, an l for a 1, rn for m', () => {
    expect(alarms(CORPORA.services!)).toMatchInlineSnapshot(`
      [
        [
          "service:cluster-1",
          "service:cluster-l",
        ],
        [
          "service:modem",
          "service:modern",
        ],
        [
          "service:cluster-1-api",
          "service:cluster-l-api",
        ],
        [
          "service:cluster-1-worker",
          "service:cluster-l-worker",
        ],
        [
          "service:cluster-1-db",
          "service:cluster-l-db",
        ],
        [
          "service:cluster-1_v1",
          "service:cluster-l_v1",
        ],
        [
          "service:cluster-1_v2",
          "service:cluster-l_v2",
        ],
        [
          "service:cluster-1-v10",
          "service:cluster-l-v10",
        ],
      ]
    `);
  });
});
