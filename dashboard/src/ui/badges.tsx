// Risk and status: a word first, then a shape, then a colour. Red is for critical, rejected and failed, nothing else.
import type { RiskLevel, Status } from '../api/types.ts';

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

export function Risk({ level, long = false }: { level: RiskLevel; long?: boolean }) {
  return (
    <span className={`risk ${level}`}>
      <i aria-hidden="true">
        <b />
        <b />
        <b />
        <b />
      </i>
      {capital(level)}
      {long ? ' risk' : <span className="sr-only"> risk</span>}
    </span>
  );
}

const TONES: Partial<Record<string, 'good' | 'bad'>> = {
  approved: 'good',
  executed: 'good',
  delivered: 'good',
  rejected: 'bad',
  failed: 'bad',
  dead: 'bad',
};

export function StatusBadge({ status }: { status: Status | (string & {}) }) {
  return <span className={`status ${TONES[status] ?? ''}`}>{capital(status.replaceAll('_', ' '))}</span>;
}
