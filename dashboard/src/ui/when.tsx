// Times: relative for reading, the absolute one on hover and for machines.
import { absolute, clock, relative } from '../text/time.ts';
import { useNow } from './now.ts';

export function When({ at, prefix = '' }: { at: string; prefix?: string }) {
  return (
    <time dateTime={at} title={absolute(at)} className="num">
      {prefix}
      {relative(at, useNow())}
    </time>
  );
}

/** What is left until `at`, counting down. The only thing on the page that moves by itself. */
export function Countdown({ at }: { at: string }) {
  const left = (Date.parse(at) - useNow()) / 1000;
  return (
    <time dateTime={at} title={absolute(at)} className={`num font-semibold ${left < 300 ? 'text-warn' : ''}`}>
      {left <= 0 ? '0:00' : clock(left)}
    </time>
  );
}

/** Whether an instant has passed; renewed every second. */
export const usePassed = (at: string): boolean => Date.parse(at) <= useNow();
