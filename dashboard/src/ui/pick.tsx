// One of a short list, with its label above.
import { Labelled, type Labels } from './labelled.tsx';

interface Props extends Labels {
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export const Pick = ({ value, options, onChange, ...labels }: Props) => (
  <Labelled {...labels}>
    {(tied) => (
      <select {...tied} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Labelled>
);
