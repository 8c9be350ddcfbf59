// Approve and Reject, always in reach of a thumb and equally near; above them what is going on or what is missing.
import type { RefObject } from 'react';

interface Props {
  says: string;
  /** Whether `says` must be read on a phone, too. */
  loud: boolean;
  /** What the Approve button does, in words. */
  approves: string;
  canReject: boolean;
  canApprove: boolean;
  approveButton: RefObject<HTMLButtonElement | null>;
  onReject: () => void;
  onApprove: () => void;
}

export function AnswerBar({ says, loud, approves, canReject, canApprove, approveButton, onReject, onApprove }: Props) {
  return (
    <div className="fixed inset-x-0 bottom-0 z-2 border-t border-line bg-card px-4 pt-3 pb-[calc(12px+env(safe-area-inset-bottom))]">
      <div className="mx-auto grid max-w-[1080px] grid-cols-2 items-center gap-3 min-[900px]:grid-cols-[1fr_auto_auto]">
        <p
          role="status"
          className={`col-span-2 text-s text-ink-2 min-[900px]:col-span-1 ${loud ? '' : 'max-[899px]:sr-only'}`}
        >
          {says}
        </p>
        <button type="button" className="btn" disabled={!canReject} onClick={onReject}>
          Reject
        </button>
        <button
          ref={approveButton}
          type="button"
          className="btn primary max-sm:px-2"
          disabled={!canApprove}
          onClick={onApprove}
        >
          {approves}
        </button>
      </div>
    </div>
  );
}
