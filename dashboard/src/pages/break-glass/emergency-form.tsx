// The form of an emergency. A link can fill it in (`/break-glass#action=…`); it never sends itself.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isObject, type JsonObject } from '../../../../core/json.ts';
import { MAX_BREAK_GLASS_SECONDS } from '../../../../core/limits.ts';
import { parseStrictJson } from '../../../../core/strict-json.ts';
import { serviceAccountsQuery } from '../../api/queries.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { breakGlass, type Emergency } from '../../passkey/break-glass.ts';
import { useSession } from '../../session-gate.tsx';
import { Failure } from '../../ui/face.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { Go, requestPath } from '../../ui/go.tsx';
import { Section } from '../../ui/page.tsx';

type Typed = Record<'action' | 'resource' | 'actor' | 'params' | 'reason' | 'external_ref' | 'minutes', string>;

const NOTHING: Typed = {
  action: '',
  resource: '',
  actor: '',
  params: '{}',
  reason: '',
  external_ref: '',
  minutes: '10',
};

/** What a link fills in; anything else in it is nobody's business. */
function filledIn(hash: string): Typed {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const known = Object.keys(NOTHING).flatMap((key) => {
    const value = given.get(key);
    return value === null ? [] : [[key, value] as const];
  });
  return { ...NOTHING, ...Object.fromEntries(known) };
}

/** Parameters as the server will read them; null while they are no JSON object. */
function paramsOf(text: string): JsonObject | null {
  const parsed = parseStrictJson(text);
  const value = parsed.ok ? parsed.value : null;
  return isObject(value) ? value : null;
}

function emergencyOf(typed: Typed): Emergency | null {
  const params = paramsOf(typed.params);
  const [action, resource, actor, reason] = [typed.action, typed.resource, typed.actor, typed.reason].map((text) =>
    text.trim(),
  ) as [string, string, string, string];
  const seconds = Math.round(Number(typed.minutes) * 60);
  const lasts = seconds >= 60 && seconds <= MAX_BREAK_GLASS_SECONDS;
  if (params === null || !lasts || [action, resource, actor, reason].includes('')) return null;
  const external_ref = typed.external_ref.trim();
  return { action, resource, actor, params, reason, expires_in: seconds, ...(external_ref ? { external_ref } : {}) };
}

const SAYS = {
  form: 'Break glass with passkey',
  sealing: 'Sealing…',
  checking: 'Not known yet: checking…',
};

export function EmergencyForm() {
  const session = useSession();
  const client = useQueryClient();
  const actors = (useQuery(serviceAccountsQuery).data?.data ?? []).flatMap((account) => account.actors ?? []);
  const [typed, setTyped] = useState(() => filledIn(location.hash));
  const [waits, setWaits] = useState<'sealing' | 'checking' | null>(null);
  const mutation = useMutation({
    mutationFn: (asked: Emergency) =>
      breakGlass(asked, session, { onSealing: () => setWaits('sealing'), onLost: () => setWaits('checking') }),
    onSettled: () => setWaits(null),
    onSuccess: () => client.invalidateQueries(),
  });
  const asked = emergencyOf(typed);
  const set = (key: keyof Typed) => (event: { target: { value: string } }) =>
    setTyped({ ...typed, [key]: event.target.value });
  if (mutation.isSuccess) return <Done request={mutation.data} />;
  return (
    <Section title="Let one action through">
      <form
        className="card grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (asked) mutation.mutate(asked);
        }}
      >
        <Field
          label="Action"
          required
          placeholder="deployment.rollback"
          value={typed.action}
          onChange={set('action')}
        />
        <Field
          label="Resource"
          required
          placeholder="service:billing-api"
          value={typed.resource}
          onChange={set('resource')}
        />
        <Field
          label="Actor"
          required
          list="actors"
          hint="Only its own keys can use what is let through, once."
          value={typed.actor}
          onChange={set('actor')}
        />
        <datalist id="actors">
          {actors.map((actor) => (
            <option key={actor} value={actor} />
          ))}
        </datalist>
        <TextArea
          label="Parameters (JSON)"
          className="font-mono"
          rows={3}
          hint={paramsOf(typed.params) === null ? 'This is not a JSON object yet.' : 'Exactly these may run.'}
          value={typed.params}
          onChange={set('params')}
        />
        <TextArea
          label="Reason (required)"
          rows={2}
          maxLength={2000}
          hint="It is sealed in the ledger, and read by whoever reviews."
          value={typed.reason}
          onChange={set('reason')}
        />
        <Field label="External reference" maxLength={256} value={typed.external_ref} onChange={set('external_ref')} />
        <Field
          label="Minutes that it may be used"
          type="number"
          min={1}
          max={MAX_BREAK_GLASS_SECONDS / 60}
          value={typed.minutes}
          onChange={set('minutes')}
        />
        {mutation.isError ? <Failure error={mutation.error} /> : null}
        <div>
          <button type="submit" className="btn" disabled={asked === null || mutation.isPending}>
            {SAYS[waits ?? 'form']}
          </button>
        </div>
      </form>
    </Section>
  );
}

function Done({ request }: { request: ApprovalRequest }) {
  return (
    <Section title="The glass is broken">
      <p role="status">
        {request.actor} may do this once, for a short while. Everybody is told, and somebody else must review it before
        you can do this again: <Go to={requestPath(request.id)}>{request.id}</Go>
      </p>
    </Section>
  );
}
