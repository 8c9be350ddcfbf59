// Every row of performance.md that applies today, in its order.
import type { Row } from './context.ts';
import { authentication } from './rows/authentication.ts';
import { cpu } from './rows/cpu.ts';
import { d1Rows } from './rows/d1-rows.ts';
import { exported } from './rows/export.ts';
import { firstRequest } from './rows/first-request.ts';
import { ledger } from './rows/ledger.ts';
import { list } from './rows/list.ts';
import { notification } from './rows/notification.ts';
import { objectRows } from './rows/object-rows.ts';
import { policy } from './rows/policy.ts';
import { price } from './rows/price.ts';
import { sizes } from './rows/sizes.ts';
import { wait } from './rows/wait.ts';

export const ROWS: readonly Row[] = [
  ...[objectRows, d1Rows, price, wait, notification, cpu, firstRequest],
  ...[ledger, exported, authentication, list, policy, sizes],
];
