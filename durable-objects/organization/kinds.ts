// Kind of change → what it does. The one table that proposing, signing and sealing go through.
import type { ChangeKind } from '../../core/authority.ts';
import { delegation } from './kinds/delegation.ts';
import { erasure } from './kinds/erasure.ts';
import { oidc_issuer } from './kinds/identity.ts';
import type { Kind } from './kinds/kind.ts';
import { api_key, service_account, webhook_endpoint } from './kinds/machines.ts';
import { organization, policy, stop_lift } from './kinds/organization.ts';
import { group, invitation, member, recovery } from './kinds/people.ts';

export const KINDS: Record<ChangeKind, Kind> = {
  policy,
  invitation,
  member,
  recovery,
  group,
  service_account,
  api_key,
  webhook_endpoint,
  organization,
  stop_lift,
  erasure,
  oidc_issuer,
  delegation,
};
