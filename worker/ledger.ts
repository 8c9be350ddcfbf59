// The ledger's object as the edge sees it.
import type { Result } from '../core/problems.ts';
import type { Env } from '../durable-objects/env.ts';
import type { CosignedHead } from '../durable-objects/ledger/cosigned.ts';
import type {
  ConsistencyAnswer,
  DirectoryRow,
  InclusionAnswer,
  LedgerKeys,
  SignedHead,
} from '../durable-objects/ledger/forms.ts';

export interface LedgerPort {
  checkpoint(): Promise<SignedHead>;
  proof(asked: { index: number; size?: number }): Promise<Result<InclusionAnswer>>;
  consistency(sizes: { from: number; to: number }): Promise<Result<ConsistencyAnswer>>;
  witnessed(asked: { index: number }): Promise<Result<CosignedHead>>;
  /** Null when the public tree has none at this path. */
  tile(path: string): Promise<Uint8Array | null>;
  keys(): Promise<LedgerKeys>;
  directory(page: { after?: { organization: string; object: string } | null; limit?: number }): Promise<DirectoryRow[]>;
}

/** The one head of the log. */
export const ledgerOf = (env: Pick<Env, 'LEDGER'>): LedgerPort => env.LEDGER.getByName('head') as unknown as LedgerPort;
