// One decision's way: read, sign, sealed. The state is `decision/state.ts`; here it meets the passkey, the API and the
// clock. What is shown afterwards is what the server holds, whatever it answered or did not.
import { useQueryClient } from '@tanstack/react-query';
import { type Dispatch, useEffect, useReducer, useRef } from 'react';
import { sameJson } from '../../../../core/canonical.ts';
import { isLost, isSignedOut } from '../../api/client.ts';
import { requestQuery, requestTruth } from '../../api/queries.ts';
import type { ApprovalRequest, JsonObject } from '../../api/types.ts';
import { type Act, begun, type Decision, reduce, type Step } from '../../decision/state.ts';
import { decide } from '../../passkey/decision.ts';
import { edit } from '../../passkey/edit.ts';
import { withParams } from '../../passkey/edited.ts';
import { refuseMismatch } from '../../passkey/refusal.ts';
import type { Ballot } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';

/** How often the server is asked what became of a signature whose answer was lost. */
const CHECK_MS = 2_000;

export interface Deciding {
  state: Decision;
  dispatch: Dispatch<Step>;
  /** Signs exactly this over what the state shows. */
  send: (ballot: Ballot) => void;
  /** Signs an edit that approves nothing. */
  sendEdit: (made: { params: JsonObject; comment: string | null }) => void;
}

/** @param request as the server says it now; mount this anew for each request */
export function useDecision(request: ApprovalRequest): Deciding {
  const session = useSession();
  const client = useQueryClient();
  const [state, dispatch] = useReducer(reduce, request, (first) => begun(first, session.user.id));
  const running = useRef(false);
  useEffect(() => dispatch({ step: 'server', request }), [request]);
  useTruth(state, dispatch);
  const sealing = () => dispatch({ step: 'sealing' });
  const run = async (act: Act, ceremony: () => Promise<ApprovalRequest>) => {
    if (running.current) return;
    running.current = true;
    dispatch({ step: 'start', act, now_ms: Date.now() });
    try {
      dispatch({ step: 'done', request: await ceremony() });
    } catch (error) {
      if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['session'] });
      dispatch(isLost(error) ? { step: 'lost' } : { step: 'failed', error });
    }
    running.current = false;
    await client.invalidateQueries({ queryKey: ['requests'] });
  };
  const { latest } = state;
  const send = (ballot: Ballot) => void run(ballot.decision, () => decide(latest, ballot, session, sealing));
  const sendEdit = (made: { params: JsonObject; comment: string | null }) =>
    void run('edit', async () => {
      const after = await edit(latest, made, session, sealing);
      if (!isEdit(latest, made.params, after)) refuseMismatch('The server confirmed another edit than was signed.');
      return after;
    });
  return { state, dispatch, send, sendEdit };
}

/** Whether this is the edit that was signed; where a value is hidden from this page, by what it sees of the params. */
function isEdit(before: ApprovalRequest, params: JsonObject, { effective }: ApprovalRequest): boolean {
  if (before.salt === null) return sameJson(effective.params, params);
  return effective.action_digest === withParams(before, params).effective.action_digest;
}

/** While it is not known what became of a signature, the server is asked, as soon as it can be reached. */
function useTruth({ phase, latest }: Decision, dispatch: Dispatch<Step>): void {
  const client = useQueryClient();
  const unknown = phase.at === 'unknown';
  const { id } = latest;
  useEffect(() => {
    if (!unknown) return;
    const look = async () => {
      const request = await requestTruth(id);
      // What is not known stays so, and is asked again.
      if (request === null) return;
      client.setQueryData(requestQuery(id).queryKey, request);
      dispatch({ step: 'server', request, asked: { now_ms: Date.now() } });
    };
    const timer = setInterval(() => void look(), CHECK_MS);
    const now = () => void look();
    addEventListener('online', now);
    return () => {
      clearInterval(timer);
      removeEventListener('online', now);
    };
  }, [unknown, id, client, dispatch]);
}
