// Waiting at a terminal: the link once, then one line that is kept up to date. Ctrl-C leaves the request alive.
import type { ApprovalRequest } from '@assentry/sdk';
import { printable } from '../../core/display.ts';
import type { Context } from './context.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { waitingLine } from './request-view.ts';

const REDRAW_MS = 1_000;

/** Waits until the request is decided. Throws with 130 on Ctrl-C and with 124 when `timeout_seconds` are over. */
export async function waitAtTerminal(context: Context, id: string, timeout_seconds?: number): Promise<ApprovalRequest> {
  const { out, signal } = context;
  let latest: ApprovalRequest | undefined;
  const draw = () => latest?.status === 'pending' && out.progress(waitingLine(latest));
  const timer = setInterval(draw, REDRAW_MS);
  const onUpdate = (request: ApprovalRequest) => {
    if (latest === undefined && request.status === 'pending') out.say(`Decide at ${printable(request.review_url)}`);
    latest = request;
    draw();
  };
  try {
    const timeout_ms = timeout_seconds === undefined ? undefined : timeout_seconds * 1000;
    return await context.client().wait(id, { signal, timeout_ms, onUpdate });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(
      EXIT.interrupted,
      `${id} lives on. Go on with: assentry approval wait ${id}\nWithdraw it with: assentry approval cancel ${id}`,
    );
  } finally {
    clearInterval(timer);
    out.progress(null);
  }
}
