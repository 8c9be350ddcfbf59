// The id of the rule that a switch ("a person must approve this action") writes into a policy. Apart from the language,
// so that a page can look for the rule without loading it.

/** The same action and actor (null: whoever acts) name the same rule. */
export const switchId = ({ action, actor }: { action: string; actor: string | null }): string =>
  `switch-${`${action}${actor === null ? '' : `-${actor}`}`.replaceAll(/[^a-z0-9]+/gi, '-')}`
    .slice(0, 64)
    .replace(/-+$/, '');
