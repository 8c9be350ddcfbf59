// The keys of the queue, named.
import { Modal } from '../../ui/modal.tsx';

const KEYS: [string, string][] = [
  ['j', 'next request'],
  ['k', 'previous request'],
  ['Enter', 'open it'],
  ['/', 'search'],
  ['a', 'on a review page: go to Approve'],
  ['r', 'on a review page: reject, with a reason'],
  ['?', 'this list'],
];

export const KeysFoot = ({ onHelp }: { onHelp: () => void }) => (
  <p className="meta hidden items-center gap-4 sm:flex">
    <span>
      <kbd>j</kbd> <kbd>k</kbd> move
    </span>
    <span>
      <kbd>Enter</kbd> open
    </span>
    <span>
      <kbd>/</kbd> search
    </span>
    <button type="button" className="cursor-pointer underline" onClick={onHelp}>
      All keys
    </button>
  </p>
);

export const KeysDialog = ({ onClose }: { onClose: () => void }) => (
  <Modal title="Keys" onClose={onClose}>
    <dl className="grid grid-cols-[64px_1fr] gap-y-2">
      {KEYS.map(([key, does]) => (
        <div key={key} className="contents">
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
    <p className="meta">No key decides. They can be switched off under your name.</p>
  </Modal>
);
