// A random text, unique for all purposes here. `crypto.randomUUID` is missing outside a secure context; random bytes are not.
import { hex } from '../../../core/encoding.ts';

/** 32 hex digits. */
export const freshKey = (): string => hex(crypto.getRandomValues(new Uint8Array(16)));
