// A bug of ours, or a page that could not be loaded: said plainly, with a way on.
export function Crash({ error }: { error: unknown }) {
  return (
    <main className="mx-auto grid max-w-xl gap-3 p-6">
      <h1>This page broke</h1>
      <p className="text-ink-2">
        Nothing was decided by it. Reload; if you are offline, it comes back with the connection.
      </p>
      <p className="meta">{error instanceof Error ? error.message : String(error)}</p>
      <div>
        <button type="button" className="btn" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    </main>
  );
}
