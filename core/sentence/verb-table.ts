// The verbs that a sentence of ours begins with, with the words that stand before whom, and before where, it is done.

export interface Verb {
  /** As the sentence begins. */
  says: string;
  /** Before whom it is for. */
  to?: string;
  /** Before the resource where that is not the object; absent: the resource is the object. */
  on?: string;
  /** Between a count and the resource: `rows of`. */
  counts?: string;
}

const V = (says: string, more: Omit<Verb, 'says'> = {}): Verb => ({ says, to: 'to', ...more });

export const VERBS: Readonly<Record<string, Verb>> = {
  ...{ send: V('Send', { on: 'from' }), mail: V('Mail', { on: 'from' }), email: V('Email', { on: 'from' }) },
  ...{
    reply: V('Reply', { on: 'on' }),
    forward: V('Forward', { on: 'from' }),
    notify: V('Notify', { to: '', on: 'on' }),
  },
  ...{
    message: V('Message', { to: '', on: 'on' }),
    sms: V('Text', { to: '', on: 'from' }),
    text: V('Text', { to: '', on: 'from' }),
  },
  ...{
    call: V('Call', { to: '', on: 'from' }),
    dial: V('Dial', { to: '', on: 'from' }),
    post: V('Post', { on: 'on' }),
  },
  ...{
    publish: V('Publish', { on: 'on' }),
    share: V('Share', { to: 'with' }),
    unshare: V('Stop sharing', { to: 'with' }),
  },
  ...{
    invite: V('Invite', { to: '', on: 'to' }),
    add: V('Add', { to: '', on: 'to' }),
    remove: V('Remove', { to: '', on: 'from' }),
  },
  ...{
    assign: V('Assign'),
    unassign: V('Unassign', { to: 'from' }),
    append: V('Append', { on: 'to' }),
    insert: V('Insert', { on: 'into' }),
  },
  ...{
    book: V('Book', { to: 'for', on: 'on' }),
    reserve: V('Reserve', { to: 'for', on: 'on' }),
    order: V('Order', { to: 'for', on: 'on' }),
  },
  ...{
    buy: V('Buy', { to: 'for', on: 'on' }),
    purchase: V('Purchase', { to: 'for', on: 'on' }),
    schedule: V('Schedule', { to: 'with', on: 'on' }),
  },
  ...{
    reschedule: V('Reschedule', { to: 'with' }),
    create: V('Create', { to: 'with', on: 'on' }),
    make: V('Make', { to: 'with', on: 'on' }),
  },
  ...{
    update: V('Update', { to: 'for' }),
    edit: V('Edit', { to: 'for' }),
    change: V('Change', { to: 'for' }),
    set: V('Set', { to: 'for' }),
  },
  ...{
    reset: V('Reset', { to: 'for' }),
    rotate: V('Rotate', { to: 'for' }),
    rename: V('Rename'),
    move: V('Move'),
    copy: V('Copy'),
  },
  ...{
    upload: V('Upload', { on: 'to' }),
    download: V('Download', { on: 'from' }),
    write: V('Write', { on: 'to' }),
    save: V('Save', { on: 'to' }),
  },
  ...{
    grant: V('Grant', { on: 'on' }),
    revoke: V('Revoke', { to: 'from', on: 'on' }),
    archive: V('Archive'),
    restore: V('Restore'),
  },
  ...{
    close: V('Close'),
    reopen: V('Reopen'),
    open: V('Open'),
    lock: V('Lock'),
    unlock: V('Unlock'),
    approve: V('Approve'),
  },
  ...{
    reject: V('Reject'),
    enable: V('Enable', { to: 'for' }),
    disable: V('Disable', { to: 'for' }),
    suspend: V('Suspend'),
    block: V('Block', { to: '' }),
  },
  ...{
    unblock: V('Unblock', { to: '' }),
    start: V('Start'),
    stop: V('Stop'),
    restart: V('Restart'),
    reboot: V('Reboot'),
    scale: V('Scale'),
  },
  ...{
    terminate: V('Terminate'),
    kill: V('Kill'),
    merge: V('Merge'),
    push: V('Push', { on: 'to' }),
    release: V('Release', { on: 'of' }),
    cancel: V('Cancel', { to: 'for' }),
  },
  ...{
    subscribe: V('Subscribe', { to: '', on: 'to' }),
    unsubscribe: V('Unsubscribe', { to: '', on: 'from' }),
    refund: V('Refund', { on: 'for' }),
  },
  ...{
    pay: V('Pay', { on: 'for' }),
    transfer: V('Transfer', { on: 'from' }),
    charge: V('Charge', { to: '', on: 'for' }),
    withdraw: V('Withdraw', { on: 'from' }),
  },
  ...{
    deposit: V('Deposit', { on: 'into' }),
    wire: V('Wire', { on: 'from' }),
    invoice: V('Invoice', { to: '', on: 'for' }),
    issue: V('Issue', { on: 'for' }),
  },
  ...{
    delete: V('Delete', { to: 'for', counts: 'rows of' }),
    drop: V('Drop'),
    destroy: V('Destroy'),
    purge: V('Purge'),
    erase: V('Erase', { to: 'for' }),
  },
  ...{
    truncate: V('Truncate'),
    export: V('Export', { counts: 'records of' }),
    import: V('Import', { on: 'into' }),
    deploy: V('Deploy', { on: 'of' }),
  },
  ...{
    rollback: V('Roll back'),
    install: V('Install', { on: 'on' }),
    uninstall: V('Uninstall', { on: 'from' }),
    sign: V('Sign'),
    submit: V('Submit', { on: 'on' }),
  },
  ...{
    execute: V('Execute', { on: 'on' }),
    run: V('Run', { on: 'on' }),
    query: V('Query'),
    register: V('Register', { to: '', on: 'on' }),
    promote: V('Promote'),
    trigger: V('Trigger'),
  },
};
