// Server-sent events over fetch (EventSource cannot send a key): bytes → events, as the HTML standard's "event stream
// interpretation" says. Knows nothing of approvals.

export interface ServerEvent {
  /** Last `id` seen; what to resume from. */
  id: string;
  type: string;
  data: string;
}

/** Reads events until the stream ends. `onChunk` hears every arrival, comments included (it is the sign of life). */
export async function* readEvents(body: ReadableStream<Uint8Array>, onChunk: () => void): AsyncGenerator<ServerEvent> {
  const event: ServerEvent = { id: '', type: '', data: '' };
  for await (const line of readLines(body, onChunk)) {
    if (line !== '') {
      readField(event, line);
      continue;
    }
    if (event.data !== '') yield { ...event, type: event.type || 'message', data: event.data.slice(0, -1) };
    event.type = event.data = '';
  }
}

function readField(event: ServerEvent, line: string): void {
  const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
  if (field === 'data') event.data += `${value}\n`;
  if (field === 'event') event.type = value;
  // "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value."
  if (field === 'id' && !value.includes('\0')) event.id = value;
}

async function* readLines(body: ReadableStream<Uint8Array>, onChunk: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onChunk();
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be half of a line end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
