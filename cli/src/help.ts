// Help that begins with what one would type.

/** Text for `addHelpText('before', …)`. */
export const examples = (lines: string): string =>
  `Examples:\n${lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
