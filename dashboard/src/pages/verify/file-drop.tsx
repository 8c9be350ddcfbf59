// A file to read here: chosen, or dropped on it. It goes nowhere.
import { useState } from 'react';

export function FileDrop({ label, onFile }: { label: string; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  const choose = (event: React.ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    if (file) onFile(file);
  };
  return (
    <label
      className={`card grid cursor-pointer gap-2 border-dashed border-edge p-6 ${over ? 'bg-accent-soft' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span className="font-semibold">{label}</span>
      <input
        type="file"
        className="max-w-full text-s file:mr-3 file:min-h-11 file:cursor-pointer file:rounded-lg file:border file:border-solid file:border-edge file:bg-card file:px-4 file:font-semibold file:text-ink"
        // So that the same file, changed, can be chosen again.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={choose}
      />
      <span className="meta">Choose it, or drop it here. It is read in this browser and sent nowhere.</span>
    </label>
  );
}
