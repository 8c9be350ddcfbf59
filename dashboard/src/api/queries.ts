// What the pages read, once: key and call. Keys start with the noun, so that a live message can name what to refetch.
import { queryOptions } from '@tanstack/react-query';
import { ApiProblem, api } from './client.ts';
import type {
  ApiKey,
  ApprovalRequest,
  BreakGlassUse,
  Change,
  Delegation,
  Delivery,
  Group,
  Invitation,
  LedgerEvent,
  Member,
  Metrics,
  OidcIssuer,
  Organization,
  Page,
  PolicyVersion,
  ServiceAccount,
  Session,
  Stop,
  Suggestions,
  WebhookEndpoint,
} from './types.ts';

const read =
  <T>(path: string) =>
  ({ signal }: { signal: AbortSignal }) =>
    api<T>(path, { signal });

const list = <T>(noun: string, path: string) => queryOptions({ queryKey: [noun], queryFn: read<Page<T>>(path) });

const withQuery = (path: string, query: Record<string, string | undefined>) => {
  const text = new URLSearchParams(Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]));
  return text.size > 0 ? `${path}?${text}` : path;
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: read<Session>('/v1/session'),
  staleTime: 60_000,
});

export type RequestFilter = Partial<Record<'status' | 'risk' | 'action' | 'actor' | 'q' | 'cursor' | 'limit', string>>;

export const requestsQuery = (filter: RequestFilter) =>
  queryOptions({
    queryKey: ['requests', filter],
    queryFn: read<Page<ApprovalRequest>>(withQuery('/v1/approval-requests', filter)),
  });

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'one', id],
    queryFn: read<ApprovalRequest>(`/v1/approval-requests/${encodeURIComponent(id)}`),
  });

/** One request read anew, past every cache and every read under way; null where the server cannot be asked. */
export async function requestTruth(id: string): Promise<ApprovalRequest | null> {
  try {
    return await api<ApprovalRequest>(`/v1/approval-requests/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}

export const requestEventsQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'events', id],
    queryFn: read<Page<LedgerEvent>>(`/v1/approval-requests/${encodeURIComponent(id)}/events`),
  });

export const eventsQuery = (filter: { object?: string; type?: string; cursor?: string }) =>
  queryOptions({ queryKey: ['events', filter], queryFn: read<Page<LedgerEvent>>(withQuery('/v1/events', filter)) });

export const policyQuery = queryOptions({ queryKey: ['policy'], queryFn: read<PolicyVersion>('/v1/policy') });
export const policyVersionsQuery = list<PolicyVersion>('policy-versions', '/v1/policy/versions');
/** Walks the whole history: only when somebody asks. */
export const suggestionsQuery = queryOptions({
  queryKey: ['policy-suggestions'],
  queryFn: read<Suggestions>('/v1/policy/suggestions'),
  staleTime: Number.POSITIVE_INFINITY,
});
export const membersQuery = list<Member>('members', '/v1/members');
export const invitationsQuery = list<Invitation>('invitations', '/v1/invitations');
export const stopsQuery = list<Stop>('stops', '/v1/stops');
export const breakGlassQuery = list<BreakGlassUse>('break-glass', '/v1/break-glass');
export const delegationsQuery = list<Delegation>('delegations', '/v1/delegations');
export const groupsQuery = list<Group>('groups', '/v1/groups');
export const serviceAccountsQuery = list<ServiceAccount>('service-accounts', '/v1/service-accounts');
export const apiKeysQuery = list<ApiKey>('api-keys', '/v1/api-keys');
export const oidcIssuersQuery = list<OidcIssuer>('oidc-issuers', '/v1/oidc-issuers');
export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: read<Organization>('/v1/organization'),
});
export const endpointsQuery = list<WebhookEndpoint>('webhook-endpoints', '/v1/webhook-endpoints');
export const deliveriesQuery = list<Delivery>('deliveries', '/v1/deliveries');
export const changesQuery = list<Change>('changes', '/v1/changes');
export const metricsQuery = queryOptions({ queryKey: ['metrics'], queryFn: read<Metrics>('/v1/metrics') });

/** The signed note as text; it is not JSON, so it has its own fetch. */
export const checkpointQuery = queryOptions({
  queryKey: ['checkpoint'],
  queryFn: async ({ signal }) => {
    const response = await fetch('/ledger/checkpoint', { signal });
    if (!response.ok) throw new Error(`The ledger answered ${response.status}.`);
    return response.text();
  },
});
