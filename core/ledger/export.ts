// Exports in one place: `assentry-export/v1` written, and verified without the server.
export type { ExportAnchors } from './export/begin.ts';
export * from './export/events.ts';
export * from './export/fault.ts';
export * from './export/format.ts';
export * from './export/lines.ts';
export * from './export/report.ts';
export * from './export/tiles.ts';
export * from './export/verify.ts';
export * from './export/write.ts';
